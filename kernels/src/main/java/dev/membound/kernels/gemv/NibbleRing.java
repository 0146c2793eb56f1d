package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.INT;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

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

  private static final int BLOCK = Int8Activations.BLOCK;
  private static final int HALF = BLOCK / 2;
  private static final int RADIX = 16;
  private static final int LOWER = 0xFFFF;

  /** Nothing is below a word's first column. */
  private static final IntVector RADIX_IF_ODD = IntVector.zero(INT).addIndex(RADIX).and(RADIX);

  private NibbleRing() {}

  /**
   * Fills the coefficients of all words, and each block's start: −8 times the sum of its quants.
   */
  static void fill(int[] quants, short[] coefficients, short[] start) {
    for (int block = 0; block < start.length; block++) {
      int from = block * BLOCK;
      // A word's columns are of the lower half and of the upper one in turn: pairs of 16 bits.
      for (int i = from; i < from + HALF; i += INT.length()) {
        IntVector lower = IntVector.fromArray(INT, quants, i);
        IntVector upper = IntVector.fromArray(INT, quants, i + HALF);
        IntVector upperBefore = IntVector.fromArray(INT, quants, i + HALF - 1);
        IntVector even = lower.sub(upperBefore.mul(RADIX_IF_ODD));
        IntVector odd = upper.sub(lower.mul(RADIX));
        even.and(LOWER)
            .or(odd.lanewise(VectorOperators.LSHL, Short.SIZE))
            .reinterpretAsShorts()
            .intoArray(coefficients, 2 * i - from);
      }
      start[block] = (short) (-OFFSET * VectorMath.sum(quants, from, BLOCK));
    }
  }
}
