package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A binary16 scale and an integer zero point a unit: {@code d·(Σ x·dot + (middle − z)·Σ x·Σq)},
 * where the dots are of codes less their middle.
 */
final class ZeroPointScales extends GroupScales {
  private final int middle;

  ZeroPointScales(int cols, int groups, int middle) {
    super(cols, groups, Int8Activations.BLOCK);
    this.middle = middle;
  }

  @Override
  void add(int[] words, int wordsFrom, int unit, int[] dots, int dotsFrom, float[] sums, int row) {
    add(
        words,
        wordsFrom,
        groups,
        unit * groups,
        scales,
        scaledSums,
        middle,
        dots,
        dotsFrom,
        sums,
        row);
  }

  private static void add(
      int[] words,
      int wordsFrom,
      int groups,
      int firstGroup,
      float[] scales,
      float[] scaledSums,
      int middle,
      int[] dots,
      int dotsFrom,
      float[] sums,
      int row) {
    for (int half = 0; half < GroupedPackedKernel.HALVES; half++) {
      int toTop = Short.SIZE * (1 - half);
      int rows = row + half * FLOATS;
      FloatVector scaled = FloatVector.zero(FLOAT);
      FloatVector beyondZero =
          (FloatVector)
              IntVector.fromArray(INT, words, wordsFrom + FLOATS)
                  .lanewise(VectorOperators.LSHR, Short.SIZE * half)
                  .and(0xFF)
                  .neg()
                  .add(middle)
                  .convert(VectorOperators.I2F, 0);
      for (int group = 0; group < groups; group++) {
        FloatVector dot =
            (FloatVector)
                IntVector.fromArray(
                        INT, dots, dotsFrom + (group * GroupedPackedKernel.HALVES + half) * FLOATS)
                    .convert(VectorOperators.I2F, 0);
        scaled = dot.fma(FloatVector.broadcast(FLOAT, scales[firstGroup + group]), scaled);
        scaled =
            beyondZero.fma(FloatVector.broadcast(FLOAT, scaledSums[firstGroup + group]), scaled);
      }
      FloatVector d =
          IntVector.fromArray(INT, words, wordsFrom)
              .lanewise(VectorOperators.LSHL, toTop)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HALF_UNIT);
      d.fma(scaled, FloatVector.fromArray(FLOAT, sums, rows)).intoArray(sums, rows);
    }
  }
}
