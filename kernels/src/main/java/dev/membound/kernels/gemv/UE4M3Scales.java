package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * NVFP4: an unsigned E4M3 scale a group, for doubled levels. The E4M3 bits are moved to where a
 * float has them, with its exponent too small by 120.
 */
final class UE4M3Scales extends GroupScales {
  static final int GROUP_COLUMNS = 16;

  private static final int GROUPS = 4;
  private static final int NAN = 0x7F;
  private static final int SHIFT = 20;

  /** What the exponent lacks, and half for the levels. */
  private static final float UNIT = 0x1p119f;

  UE4M3Scales(int cols) {
    super(cols, GROUPS, GROUP_COLUMNS);
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
    FloatVector sumLower = FloatVector.fromArray(FLOAT, sums, row);
    FloatVector sumUpper = FloatVector.fromArray(FLOAT, sums, row + FLOATS);
    for (int pair = 0; pair < groups / 2; pair++) {
      IntVector bytes = IntVector.fromArray(INT, words, wordsFrom + pair * FLOATS);
      FloatVector firstScale = FloatVector.broadcast(FLOAT, scales[firstGroup + 2 * pair]);
      FloatVector firstLower =
          (FloatVector)
              IntVector.fromArray(INT, dots, dotsFrom + 2 * (2 * pair) * FLOATS)
                  .convert(VectorOperators.I2F, 0);
      IntVector firstBitsLower = bytes.and(0xFF);
      sumLower =
          firstLower
              .mul(
                  firstBitsLower
                      .and(0x7F)
                      .blend(0, firstBitsLower.compare(VectorOperators.EQ, NAN))
                      .lanewise(VectorOperators.LSHL, SHIFT)
                      .reinterpretAsFloats()
                      .mul(UNIT))
              .fma(firstScale, sumLower);
      FloatVector firstUpper =
          (FloatVector)
              IntVector.fromArray(INT, dots, dotsFrom + 2 * (2 * pair) * FLOATS + FLOATS)
                  .convert(VectorOperators.I2F, 0);
      IntVector firstBitsUpper = bytes.lanewise(VectorOperators.LSHR, 16).and(0xFF);
      sumUpper =
          firstUpper
              .mul(
                  firstBitsUpper
                      .and(0x7F)
                      .blend(0, firstBitsUpper.compare(VectorOperators.EQ, NAN))
                      .lanewise(VectorOperators.LSHL, SHIFT)
                      .reinterpretAsFloats()
                      .mul(UNIT))
              .fma(firstScale, sumUpper);
      FloatVector secondScale = FloatVector.broadcast(FLOAT, scales[firstGroup + 2 * pair + 1]);
      FloatVector secondLower =
          (FloatVector)
              IntVector.fromArray(INT, dots, dotsFrom + 2 * (2 * pair + 1) * FLOATS)
                  .convert(VectorOperators.I2F, 0);
      IntVector secondBitsLower = bytes.lanewise(VectorOperators.LSHR, 8).and(0xFF);
      sumLower =
          secondLower
              .mul(
                  secondBitsLower
                      .and(0x7F)
                      .blend(0, secondBitsLower.compare(VectorOperators.EQ, NAN))
                      .lanewise(VectorOperators.LSHL, SHIFT)
                      .reinterpretAsFloats()
                      .mul(UNIT))
              .fma(secondScale, sumLower);
      FloatVector secondUpper =
          (FloatVector)
              IntVector.fromArray(INT, dots, dotsFrom + 2 * (2 * pair + 1) * FLOATS + FLOATS)
                  .convert(VectorOperators.I2F, 0);
      IntVector secondBitsUpper = bytes.lanewise(VectorOperators.LSHR, 24).and(0xFF);
      sumUpper =
          secondUpper
              .mul(
                  secondBitsUpper
                      .and(0x7F)
                      .blend(0, secondBitsUpper.compare(VectorOperators.EQ, NAN))
                      .lanewise(VectorOperators.LSHL, SHIFT)
                      .reinterpretAsFloats()
                      .mul(UNIT))
              .fma(secondScale, sumUpper);
    }
    sumLower.intoArray(sums, row);
    sumUpper.intoArray(sums, row + FLOATS);
  }
}
