package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** A power of two a unit of one group, {@code 2^(e − 127)}, for doubled levels. */
final class E8M0Scales extends GroupScales {
  private static final float LEVEL_UNIT = 0.5f;
  private static final int MANTISSA_BITS = 23;

  /** 2⁻¹²⁷, what e = 0 stands for: a float of exponent 0 is no power of two. */
  private static final int LEAST_POWER_BITS = 0x0040_0000;

  E8M0Scales(int cols) {
    super(cols, 1, Int8Activations.BLOCK);
  }

  @Override
  void add(int[] words, int wordsFrom, int unit, int[] dots, int dotsFrom, float[] sums, int row) {
    add(words, wordsFrom, scales[unit] * LEVEL_UNIT, dots, dotsFrom, sums, row);
  }

  private static void add(
      int[] words, int wordsFrom, float scale, int[] dots, int dotsFrom, float[] sums, int row) {
    for (int half = 0; half < GroupedPackedKernel.HALVES; half++) {
      int rows = row + half * FLOATS;
      FloatVector power =
          IntVector.fromArray(INT, words, wordsFrom)
              .lanewise(VectorOperators.LSHR, Short.SIZE * half)
              .and(0xFF)
              .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
              .max(LEAST_POWER_BITS)
              .reinterpretAsFloats();
      FloatVector dot =
          (FloatVector)
              IntVector.fromArray(INT, dots, dotsFrom + half * FLOATS)
                  .convert(VectorOperators.I2F, 0);
      dot.mul(scale).fma(power, FloatVector.fromArray(FLOAT, sums, rows)).intoArray(sums, rows);
    }
  }
}
