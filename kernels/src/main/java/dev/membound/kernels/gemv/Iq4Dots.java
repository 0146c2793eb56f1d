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
 * Codes of the uneven IQ4 levels, four a word. A level times 127 leaves no room in a 16-bit lane to
 * sum it, so two byte permutations look up its high and low four bits (each biased so that it is
 * not negative), and each is multiplied as {@link NibbleDots} says: 32 of at most 8, times 127,
 * stay below 2¹⁵.
 */
final class Iq4Dots implements CodeDots {
  private static final int FIELDS = 4;
  private static final int VECTOR_BYTES = SHORT.vectorByteSize();
  private static final int NIBBLES = 0x0F0F;

  /** ggml's {@code kvalues_iq4nl} are {@code 16·HIGH + LOW}, less {@link #OFFSET} of each. */
  private static final ByteVector HIGH = LevelTables.iq4High();

  private static final ByteVector LOW = LevelTables.iq4Low();
  private static final int OFFSET = LevelTables.IQ4_OFFSET;
  private static final int SUM_COLUMNS = 32;
  private static final int WORDS_PER_SUM = SUM_COLUMNS / FIELDS;

  private final int scaleBytes;
  private final int groups;
  private final int sumsPerGroup;
  private final int[] coefficients;
  private final short[] start;

  /**
   * @param scaleWords of a unit, which come before its codes
   */
  Iq4Dots(int cols, int unitColumns, int groupColumns, int scaleWords) {
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
        ShortVector highA = ShortVector.broadcast(SHORT, start[firstStart + sum]);
        ShortVector highB = ShortVector.broadcast(SHORT, start[firstStart + sum]);
        ShortVector lowA = ShortVector.broadcast(SHORT, start[firstStart + sum]);
        ShortVector lowB = ShortVector.broadcast(SHORT, start[firstStart + sum]);
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
          ShortVector highEvenA = evenA.selectFrom(HIGH).reinterpretAsShorts();
          ShortVector highOddA = oddA.selectFrom(HIGH).reinterpretAsShorts();
          highA =
              highA
                  .add(highEvenA.mul(c0))
                  .add(highEvenA.lanewise(VectorOperators.LSHR, 8).mul(c2))
                  .add(highOddA.mul(c1))
                  .add(highOddA.lanewise(VectorOperators.LSHR, 8).mul(c3));
          ShortVector lowEvenA = evenA.selectFrom(LOW).reinterpretAsShorts();
          ShortVector lowOddA = oddA.selectFrom(LOW).reinterpretAsShorts();
          lowA =
              lowA.add(lowEvenA.mul(c0))
                  .add(lowEvenA.lanewise(VectorOperators.LSHR, 8).mul(c2))
                  .add(lowOddA.mul(c1))
                  .add(lowOddA.lanewise(VectorOperators.LSHR, 8).mul(c3));
          ShortVector wB = ShortVector.fromMemorySegment(SHORT, w, b + in, ByteOrder.LITTLE_ENDIAN);
          ByteVector evenB = wB.and((short) NIBBLES).reinterpretAsBytes();
          ByteVector oddB =
              wB.lanewise(VectorOperators.LSHR, 4).and((short) NIBBLES).reinterpretAsBytes();
          ShortVector highEvenB = evenB.selectFrom(HIGH).reinterpretAsShorts();
          ShortVector highOddB = oddB.selectFrom(HIGH).reinterpretAsShorts();
          highB =
              highB
                  .add(highEvenB.mul(c0))
                  .add(highEvenB.lanewise(VectorOperators.LSHR, 8).mul(c2))
                  .add(highOddB.mul(c1))
                  .add(highOddB.lanewise(VectorOperators.LSHR, 8).mul(c3));
          ShortVector lowEvenB = evenB.selectFrom(LOW).reinterpretAsShorts();
          ShortVector lowOddB = oddB.selectFrom(LOW).reinterpretAsShorts();
          lowB =
              lowB.add(lowEvenB.mul(c0))
                  .add(lowEvenB.lanewise(VectorOperators.LSHR, 8).mul(c2))
                  .add(lowOddB.mul(c1))
                  .add(lowOddB.lanewise(VectorOperators.LSHR, 8).mul(c3));
        }
        IntVector highAPairs = highA.reinterpretAsInts();
        IntVector lowAPairs = lowA.reinterpretAsInts();
        lowerA =
            lowerA
                .add(
                    highAPairs
                        .lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 16)
                        .lanewise(VectorOperators.LSHL, 4))
                .add(
                    lowAPairs
                        .lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 16));
        upperA =
            upperA
                .add(
                    highAPairs.lanewise(VectorOperators.ASHR, 16).lanewise(VectorOperators.LSHL, 4))
                .add(lowAPairs.lanewise(VectorOperators.ASHR, 16));
        IntVector highBPairs = highB.reinterpretAsInts();
        IntVector lowBPairs = lowB.reinterpretAsInts();
        lowerB =
            lowerB
                .add(
                    highBPairs
                        .lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 16)
                        .lanewise(VectorOperators.LSHL, 4))
                .add(
                    lowBPairs
                        .lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 16));
        upperB =
            upperB
                .add(
                    highBPairs.lanewise(VectorOperators.ASHR, 16).lanewise(VectorOperators.LSHL, 4))
                .add(lowBPairs.lanewise(VectorOperators.ASHR, 16));
      }
      int to = group * GroupedPackedKernel.HALVES * FLOATS;
      lowerA.intoArray(sums, to);
      upperA.intoArray(sums, to + FLOATS);
      lowerB.intoArray(sums, sumsOfB + to);
      upperB.intoArray(sums, sumsOfB + to + FLOATS);
    }
  }
}
