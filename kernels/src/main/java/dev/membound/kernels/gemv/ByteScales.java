package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** A binary16 scale a unit, and a signed 8-bit one for every group: {@code d·Σ sc·x·dot}. */
final class ByteScales extends GroupScales {
  ByteScales(int cols, int groups, int groupColumns) {
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
    FloatVector scaledLower = FloatVector.zero(FLOAT);
    FloatVector scaledUpper = FloatVector.zero(FLOAT);
    for (int pair = 0; pair < groups / 2; pair++) {
      IntVector bytes = IntVector.fromArray(INT, words, wordsFrom + (pair + 1) * FLOATS);
      FloatVector firstScale = FloatVector.broadcast(FLOAT, scales[firstGroup + 2 * pair]);
      FloatVector firstLower =
          (FloatVector)
              IntVector.fromArray(INT, dots, dotsFrom + 2 * (2 * pair) * FLOATS)
                  .convert(VectorOperators.I2F, 0);
      scaledLower =
          firstLower
              .mul(firstScale)
              .fma(
                  (FloatVector)
                      bytes
                          .lanewise(VectorOperators.LSHL, 24)
                          .lanewise(VectorOperators.ASHR, 24)
                          .convert(VectorOperators.I2F, 0),
                  scaledLower);
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
                          .lanewise(VectorOperators.LSHL, 8)
                          .lanewise(VectorOperators.ASHR, 24)
                          .convert(VectorOperators.I2F, 0),
                  scaledUpper);
      FloatVector secondScale = FloatVector.broadcast(FLOAT, scales[firstGroup + 2 * pair + 1]);
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
                          .lanewise(VectorOperators.LSHL, 16)
                          .lanewise(VectorOperators.ASHR, 24)
                          .convert(VectorOperators.I2F, 0),
                  scaledLower);
      FloatVector secondUpper =
          (FloatVector)
              IntVector.fromArray(INT, dots, dotsFrom + 2 * (2 * pair + 1) * FLOATS + FLOATS)
                  .convert(VectorOperators.I2F, 0);
      scaledUpper =
          secondUpper
              .mul(secondScale)
              .fma(
                  (FloatVector)
                      bytes.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0),
                  scaledUpper);
    }
    FloatVector dLower =
        IntVector.fromArray(INT, words, wordsFrom)
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
    dLower.fma(scaledLower, FloatVector.fromArray(FLOAT, sums, row)).intoArray(sums, row);
    dUpper
        .fma(scaledUpper, FloatVector.fromArray(FLOAT, sums, row + FLOATS))
        .intoArray(sums, row + FLOATS);
  }
}
