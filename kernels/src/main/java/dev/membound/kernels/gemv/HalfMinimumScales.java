package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A binary16 scale and minimum a unit of one group: {@code d·x·(dot + middle·Σq) + m·x·Σq}, where
 * the dots are of codes less their middle.
 */
final class HalfMinimumScales extends GroupScales {
  private final float middle;

  HalfMinimumScales(int cols, int middle) {
    super(cols, 1, Int8Activations.BLOCK);
    this.middle = middle;
  }

  @Override
  void add(int[] words, int wordsFrom, int unit, int[] dots, int dotsFrom, float[] sums, int row) {
    add(words, wordsFrom, scales[unit], scaledSums[unit], middle, dots, dotsFrom, sums, row);
  }

  private static void add(
      int[] words,
      int wordsFrom,
      float scale,
      float scaledSum,
      float middle,
      int[] dots,
      int dotsFrom,
      float[] sums,
      int row) {
    for (int half = 0; half < GroupedPackedKernel.HALVES; half++) {
      int toTop = Short.SIZE * (1 - half);
      int rows = row + half * FLOATS;
      FloatVector d =
          IntVector.fromArray(INT, words, wordsFrom)
              .lanewise(VectorOperators.LSHL, toTop)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HALF_UNIT);
      FloatVector m =
          IntVector.fromArray(INT, words, wordsFrom + FLOATS)
              .lanewise(VectorOperators.LSHL, toTop)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HALF_UNIT);
      FloatVector dot =
          (FloatVector)
              IntVector.fromArray(INT, dots, dotsFrom + half * FLOATS)
                  .convert(VectorOperators.I2F, 0);
      FloatVector sum = FloatVector.fromArray(FLOAT, sums, rows);
      d.fma(dot.mul(scale).add(middle * scaledSum), sum)
          .add(m.mul(scaledSum))
          .intoArray(sums, rows);
    }
  }
}
