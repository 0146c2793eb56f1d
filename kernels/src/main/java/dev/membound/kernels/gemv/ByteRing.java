package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.INT;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Multiplying four bytes of a 32-bit word without masking them apart, as {@link NibbleRing} does
 * with nibbles: {@code c₀ = x₀}, {@code cₖ = xₖ − 256xₖ₋₁}.
 */
final class ByteRing {
  private static final int RADIX = 256;
  private static final IntVector LANES = IntVector.zero(INT).addIndex(1);
  private static final IntVector BELOW = LANES.sub(1).and(INT.length() - 1);

  /** Nothing is below a word's first column. */
  private static final IntVector RADIX_IF_BELOW =
      IntVector.zero(INT).blend(RADIX, LANES.and(Integer.BYTES - 1).compare(VectorOperators.NE, 0));

  private ByteRing() {}

  /** Fills the coefficients of all words: one a quant. */
  static void fill(int[] quants, int[] coefficients) {
    for (int i = 0; i < quants.length; i += INT.length()) {
      IntVector quant = IntVector.fromArray(INT, quants, i);
      quant.sub(BELOW.selectFrom(quant).mul(RADIX_IF_BELOW)).intoArray(coefficients, i);
    }
  }
}
