package dev.membound.kernels.gemv;

/**
 * Multiplying four 4-bit codes of a 16-bit word without masking them apart.
 *
 * <p>For a word {@code v = n₀ + 16n₁ + 256n₂ + 4096n₃} and coefficients {@code c₀ = x₀}, {@code cₖ
 * = xₖ − 16xₖ₋₁}, the sum {@code Σ cₖ·(v >>> 4k)} telescopes to {@code Σ xₖ·nₖ}, exactly modulo
 * 2¹⁶. A block of 32 codes less 8 and quants of at most 127 sums to at most 32 · 8 · 127 &lt; 2¹⁵,
 * so the ring's result is the integer itself.
 *
 * <p>Word g of a Q4_0 block holds its bytes 2g and 2g + 1, that is columns 2g, 2g + 16, 2g + 1, 2g
 * + 17 of the block.
 */
final class NibbleRing {
  /** Words of a block of 32. */
  static final int WORDS = 8;

  /** What a stored code exceeds its value by. */
  static final int OFFSET = 8;

  private NibbleRing() {}

  static short c0(int[] quants, int block, int word) {
    return (short) quants[block + 2 * word];
  }

  static short c1(int[] quants, int block, int word) {
    return (short) (quants[block + 2 * word + 16] - 16 * quants[block + 2 * word]);
  }

  static short c2(int[] quants, int block, int word) {
    return (short) (quants[block + 2 * word + 1] - 16 * quants[block + 2 * word + 16]);
  }

  static short c3(int[] quants, int block, int word) {
    return (short) (quants[block + 2 * word + 17] - 16 * quants[block + 2 * word + 1]);
  }

  /** −8 times the four quants of a word: where its sum starts. */
  static short start(int[] quants, int block, int word) {
    int at = block + 2 * word;
    return (short) (-OFFSET * (quants[at] + quants[at + 1] + quants[at + 16] + quants[at + 17]));
  }
}
