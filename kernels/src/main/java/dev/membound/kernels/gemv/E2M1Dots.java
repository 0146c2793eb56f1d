package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;
import static dev.membound.kernels.provider.Species.SHORT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * E2M1 codes, four a word: a byte permutation looks up the doubled levels, biased so that none is
 * negative, and two levels in a word are multiplied as {@link NibbleDots} says. 16 levels of at
 * most 12, times 127, stay below 2¹⁵.
 */
final class E2M1Dots implements CodeDots {
  private static final int FIELDS = 4;
  private static final int VECTOR_BYTES = SHORT.vectorByteSize();
  private static final int NIBBLES = 0x0F0F;

  private static final ByteVector LEVELS = LevelTables.e2m1Doubled();
  private static final int OFFSET = LevelTables.E2M1_OFFSET;
  private static final int SUM_COLUMNS = 16;
  private static final int WORDS_PER_SUM = SUM_COLUMNS / FIELDS;

  private final int scaleBytes;
  private final int groups;
  private final int sumsPerGroup;
  private final int[] coefficients;
  private final short[] start;

  /**
   * @param scaleWords of a unit, which come before its codes
   */
  E2M1Dots(int cols, int unitColumns, int groupColumns, int scaleWords) {
    scaleBytes = scaleWords * VECTOR_BYTES;
    groups = unitColumns / groupColumns;
    sumsPerGroup = groupColumns / SUM_COLUMNS;
    coefficients = new int[cols];
    start = new short[cols / SUM_COLUMNS];
  }

  @Override
  public int groups() {
    return groups;
  }

  @Override
  public void prepare(int[] quants) {
    for (int i = 0; i < coefficients.length; i += FIELDS) {
      coefficients[i] = FieldCoefficients.pair(quants[i]);
      coefficients[i + 1] = FieldCoefficients.pair(quants[i + 1]);
      coefficients[i + 2] = FieldCoefficients.pair((quants[i + 2] - (quants[i] << Byte.SIZE)));
      coefficients[i + 3] = FieldCoefficients.pair((quants[i + 3] - (quants[i + 1] << Byte.SIZE)));
    }
    FieldCoefficients.start(-OFFSET, SUM_COLUMNS, quants, start);
  }

  @Override
  public void multiply(MemorySegment w, long a, long b, int unit, int[] sums, int sumsOfB) {
    int unitSums = groups * sumsPerGroup;
    dots(
        w,
        a + scaleBytes,
        b + scaleBytes,
        VECTOR_BYTES,
        groups,
        sumsPerGroup,
        coefficients,
        unit * unitSums * SUM_COLUMNS,
        start,
        unit * unitSums,
        sums,
        sumsOfB);
  }

  private static void dots(
      MemorySegment w,
      long a,
      long b,
      long wordStride,
      int groups,
      int sumsPerGroup,
      int[] coefficients,
      int firstCoefficient,
      short[] start,
      int firstStart,
      int[] sums,
      int sumsOfB) {
    for (int group = 0; group < groups; group++) {
      IntVector lowerA = IntVector.zero(INT);
      IntVector upperA = lowerA;
      IntVector lowerB = lowerA;
      IntVector upperB = lowerA;
      for (int part = 0; part < sumsPerGroup; part++) {
        int sum = group * sumsPerGroup + part;
        ShortVector dotA = ShortVector.broadcast(SHORT, start[firstStart + sum]);
        ShortVector dotB = ShortVector.broadcast(SHORT, start[firstStart + sum]);
        for (int i = 0; i < WORDS_PER_SUM; i++) {
          int word = sum * WORDS_PER_SUM + i;
          long in = (long) word * wordStride;
          int at = firstCoefficient + word * FIELDS;
          ShortVector c0 = IntVector.broadcast(INT, coefficients[at]).reinterpretAsShorts();
          ShortVector c1 = IntVector.broadcast(INT, coefficients[at + 1]).reinterpretAsShorts();
          ShortVector c2 = IntVector.broadcast(INT, coefficients[at + 2]).reinterpretAsShorts();
          ShortVector c3 = IntVector.broadcast(INT, coefficients[at + 3]).reinterpretAsShorts();
          ShortVector wA = ShortVector.fromMemorySegment(SHORT, w, a + in, ByteOrder.LITTLE_ENDIAN);
          ByteVector evenA = wA.and((short) NIBBLES).reinterpretAsBytes();
          ByteVector oddA =
              wA.lanewise(VectorOperators.LSHR, 4).and((short) NIBBLES).reinterpretAsBytes();
          ShortVector dotEvenA = evenA.selectFrom(LEVELS).reinterpretAsShorts();
          ShortVector dotOddA = oddA.selectFrom(LEVELS).reinterpretAsShorts();
          dotA =
              dotA.add(dotEvenA.mul(c0))
                  .add(dotEvenA.lanewise(VectorOperators.LSHR, 8).mul(c2))
                  .add(dotOddA.mul(c1))
                  .add(dotOddA.lanewise(VectorOperators.LSHR, 8).mul(c3));
          ShortVector wB = ShortVector.fromMemorySegment(SHORT, w, b + in, ByteOrder.LITTLE_ENDIAN);
          ByteVector evenB = wB.and((short) NIBBLES).reinterpretAsBytes();
          ByteVector oddB =
              wB.lanewise(VectorOperators.LSHR, 4).and((short) NIBBLES).reinterpretAsBytes();
          ShortVector dotEvenB = evenB.selectFrom(LEVELS).reinterpretAsShorts();
          ShortVector dotOddB = oddB.selectFrom(LEVELS).reinterpretAsShorts();
          dotB =
              dotB.add(dotEvenB.mul(c0))
                  .add(dotEvenB.lanewise(VectorOperators.LSHR, 8).mul(c2))
                  .add(dotOddB.mul(c1))
                  .add(dotOddB.lanewise(VectorOperators.LSHR, 8).mul(c3));
        }
        IntVector pairsA = dotA.reinterpretAsInts();
        lowerA =
            lowerA.add(
                pairsA.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
        upperA = upperA.add(pairsA.lanewise(VectorOperators.ASHR, 16));
        IntVector pairsB = dotB.reinterpretAsInts();
        lowerB =
            lowerB.add(
                pairsB.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
        upperB = upperB.add(pairsB.lanewise(VectorOperators.ASHR, 16));
      }
      int to = group * GroupedPackedKernel.HALVES * FLOATS;
      lowerA.intoArray(sums, to);
      upperA.intoArray(sums, to + FLOATS);
      lowerB.intoArray(sums, sumsOfB + to);
      upperB.intoArray(sums, sumsOfB + to + FLOATS);
    }
  }
}
