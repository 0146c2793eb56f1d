package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Q4_K and Q5_K: {@code d·Σ sc·x·(dot + middle·Σq) − dmin·Σ mn·x·Σq}. */
final class KMinimumScales extends GroupScales {
  private static final int GROUPS = 8;

  private final float middle;

  KMinimumScales(int cols, int middle) {
    super(cols, GROUPS, Int8Activations.BLOCK);
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
      float middle,
      int[] dots,
      int dotsFrom,
      float[] sums,
      int row) {
    FloatVector scaledLower = FloatVector.zero(FLOAT);
    FloatVector scaledUpper = FloatVector.zero(FLOAT);
    FloatVector minimaLower = FloatVector.zero(FLOAT);
    FloatVector minimaUpper = FloatVector.zero(FLOAT);
    for (int group = 0; group < groups; group++) {
      IntVector pairs = IntVector.fromArray(INT, words, wordsFrom + (group + 2) * FLOATS);
      float scaledSum = scaledSums[firstGroup + group];
      FloatVector scale = FloatVector.broadcast(FLOAT, scales[firstGroup + group]);
      FloatVector sum = FloatVector.broadcast(FLOAT, scaledSum);
      FloatVector middles = FloatVector.broadcast(FLOAT, middle * scaledSum);
      FloatVector dotLower =
          (FloatVector)
              IntVector.fromArray(INT, dots, dotsFrom + 2 * (group) * FLOATS)
                  .convert(VectorOperators.I2F, 0);
      scaledLower =
          dotLower
              .fma(scale, middles)
              .fma((FloatVector) pairs.and(0xFF).convert(VectorOperators.I2F, 0), scaledLower);
      minimaLower =
          sum.fma(
              (FloatVector)
                  pairs.lanewise(VectorOperators.LSHR, 8).and(0xFF).convert(VectorOperators.I2F, 0),
              minimaLower);
      FloatVector dotUpper =
          (FloatVector)
              IntVector.fromArray(INT, dots, dotsFrom + 2 * (group) * FLOATS + FLOATS)
                  .convert(VectorOperators.I2F, 0);
      scaledUpper =
          dotUpper
              .fma(scale, middles)
              .fma(
                  (FloatVector)
                      pairs
                          .lanewise(VectorOperators.LSHR, 16)
                          .and(0xFF)
                          .convert(VectorOperators.I2F, 0),
                  scaledUpper);
      minimaUpper =
          sum.fma(
              (FloatVector)
                  pairs.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0),
              minimaUpper);
    }
    FloatVector dLower =
        IntVector.fromArray(INT, words, wordsFrom)
            .lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
            .and(HalfWidening.MASK)
            .reinterpretAsFloats()
            .mul(HALF_UNIT);
    FloatVector dminLower =
        IntVector.fromArray(INT, words, wordsFrom + FLOATS)
            .lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
            .and(HalfWidening.MASK)
            .reinterpretAsFloats()
            .mul(HALF_UNIT);
    FloatVector dUpper =
        IntVector.fromArray(INT, words, wordsFrom)
            .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
            .and(HalfWidening.MASK)
            .reinterpretAsFloats()
            .mul(HALF_UNIT);
    FloatVector dminUpper =
        IntVector.fromArray(INT, words, wordsFrom + FLOATS)
            .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
            .and(HalfWidening.MASK)
            .reinterpretAsFloats()
            .mul(HALF_UNIT);
    dLower
        .fma(scaledLower, FloatVector.fromArray(FLOAT, sums, row))
        .sub(dminLower.mul(minimaLower))
        .intoArray(sums, row);
    dUpper
        .fma(scaledUpper, FloatVector.fromArray(FLOAT, sums, row + FLOATS))
        .sub(dminUpper.mul(minimaUpper))
        .intoArray(sums, row + FLOATS);
  }
}
