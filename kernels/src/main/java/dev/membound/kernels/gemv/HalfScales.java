package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** One binary16 scale a unit: {@code Σ d·x·dot}. */
final class HalfScales extends GroupScales {
  HalfScales(int cols, int groups, int groupColumns) {
    super(cols, groups, groupColumns);
  }

  @Override
  void add(int[] words, int wordsFrom, int unit, int[] dots, int dotsFrom, float[] sums, int row) {
    add(words, wordsFrom, groups, unit * groups, scales, dots, dotsFrom, sums, row);
  }

  private static void add(
      int[] words,
      int wordsFrom,
      int groups,
      int firstGroup,
      float[] scales,
      int[] dots,
      int dotsFrom,
      float[] sums,
      int row) {
    for (int half = 0; half < GroupedPackedKernel.HALVES; half++) {
      int toTop = Short.SIZE * (1 - half);
      int rows = row + half * FLOATS;
      FloatVector sum = FloatVector.zero(FLOAT);
      for (int group = 0; group < groups; group++) {
        FloatVector dot =
            (FloatVector)
                IntVector.fromArray(
                        INT, dots, dotsFrom + (group * GroupedPackedKernel.HALVES + half) * FLOATS)
                    .convert(VectorOperators.I2F, 0);
        sum = dot.fma(FloatVector.broadcast(FLOAT, scales[firstGroup + group]), sum);
      }
      FloatVector d =
          IntVector.fromArray(INT, words, wordsFrom)
              .lanewise(VectorOperators.LSHL, toTop)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HALF_UNIT);
      d.fma(sum, FloatVector.fromArray(FLOAT, sums, rows)).intoArray(sums, rows);
    }
  }
}
