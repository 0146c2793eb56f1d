package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Q2_K: {@code d·Σ sc·x·dot − dmin·Σ mn·x·Σq}. */
final class Q2_KScales extends GroupScales {
  static final int GROUP_COLUMNS = 16;

  private static final int GROUPS = 16;

  Q2_KScales(int cols) {
    super(cols, GROUPS, GROUP_COLUMNS);
  }

  @Override
  void add(int[] words, int wordsFrom, int unit, int[] dots, int dotsFrom, float[] sums, int row) {
    add(words, wordsFrom, groups, unit * groups, scales, scaledSums, dots, dotsFrom, sums, row);
  }

  private static void add(
      int[] words,
      int wordsFrom,
      int groups,
      int firstGroup,
      float[] scales,
      float[] scaledSums,
      int[] dots,
      int dotsFrom,
      float[] sums,
      int row) {
    FloatVector scaledLower = FloatVector.zero(FLOAT);
    FloatVector scaledUpper = FloatVector.zero(FLOAT);
    FloatVector minimaLower = FloatVector.zero(FLOAT);
    FloatVector minimaUpper = FloatVector.zero(FLOAT);
    for (int pair = 0; pair < groups / 2; pair++) {
      IntVector bytes = IntVector.fromArray(INT, words, wordsFrom + (pair + 2) * FLOATS);
      FloatVector firstScale = FloatVector.broadcast(FLOAT, scales[firstGroup + 2 * pair]);
      FloatVector firstSum = FloatVector.broadcast(FLOAT, scaledSums[firstGroup + 2 * pair]);
      FloatVector firstLower =
          (FloatVector)
              IntVector.fromArray(INT, dots, dotsFrom + 2 * (2 * pair) * FLOATS)
                  .convert(VectorOperators.I2F, 0);
      scaledLower =
          firstLower
              .mul(firstScale)
              .fma((FloatVector) bytes.and(15).convert(VectorOperators.I2F, 0), scaledLower);
      minimaLower =
          firstSum.fma(
              (FloatVector)
                  bytes.lanewise(VectorOperators.LSHR, 4).and(15).convert(VectorOperators.I2F, 0),
              minimaLower);
      FloatVector firstUpper =
          (FloatVector)
              IntVector.fromArray(INT, dots, dotsFrom + 2 * (2 * pair) * FLOATS + FLOATS)
                  .convert(VectorOperators.I2F, 0);
      scaledUpper =
          firstUpper
              .mul(firstScale)
              .fma(
                  (FloatVector)
                      bytes
                          .lanewise(VectorOperators.LSHR, 16)
                          .and(15)
                          .convert(VectorOperators.I2F, 0),
                  scaledUpper);
      minimaUpper =
          firstSum.fma(
              (FloatVector)
                  bytes.lanewise(VectorOperators.LSHR, 20).and(15).convert(VectorOperators.I2F, 0),
              minimaUpper);
      FloatVector secondScale = FloatVector.broadcast(FLOAT, scales[firstGroup + 2 * pair + 1]);
      FloatVector secondSum = FloatVector.broadcast(FLOAT, scaledSums[firstGroup + 2 * pair + 1]);
      FloatVector secondLower =
          (FloatVector)
              IntVector.fromArray(INT, dots, dotsFrom + 2 * (2 * pair + 1) * FLOATS)
                  .convert(VectorOperators.I2F, 0);
      scaledLower =
          secondLower
              .mul(secondScale)
              .fma(
                  (FloatVector)
                      bytes
                          .lanewise(VectorOperators.LSHR, 8)
                          .and(15)
                          .convert(VectorOperators.I2F, 0),
                  scaledLower);
      minimaLower =
          secondSum.fma(
              (FloatVector)
                  bytes.lanewise(VectorOperators.LSHR, 12).and(15).convert(VectorOperators.I2F, 0),
              minimaLower);
      FloatVector secondUpper =
          (FloatVector)
              IntVector.fromArray(INT, dots, dotsFrom + 2 * (2 * pair + 1) * FLOATS + FLOATS)
                  .convert(VectorOperators.I2F, 0);
      scaledUpper =
          secondUpper
              .mul(secondScale)
              .fma(
                  (FloatVector)
                      bytes
                          .lanewise(VectorOperators.LSHR, 24)
                          .and(15)
                          .convert(VectorOperators.I2F, 0),
                  scaledUpper);
      minimaUpper =
          secondSum.fma(
              (FloatVector)
                  bytes.lanewise(VectorOperators.LSHR, 28).and(15).convert(VectorOperators.I2F, 0),
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
