package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;
import static dev.membound.kernels.provider.Species.SHORT;

import dev.membound.kernels.matrix.CodeWords;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Codes of 5 bits, three and a piece of a fourth a word, in groups of 32 columns: sums of codes
 * less 16, in two 16-bit parts; multiplied as {@link NibbleDots} says.
 */
final class FiveBitDots implements CodeDots {
  private static final CodeWords WORDS = CodeWords.BITS_5;
  private static final int FIELDS = 4;
  private static final int MIDDLE = 1 << 4;
  private static final int GROUP_COLUMNS = 32;
  private static final int SUMS_PER_GROUP = 2;
  private static final int SUM_COLUMNS = GROUP_COLUMNS / SUMS_PER_GROUP;
  private static final int WORDS_PER_SUM = 5;
  private static final int VECTOR_BYTES = SHORT.vectorByteSize();

  private final int scaleBytes;
  private final int groups;
  private final int[] coefficients;
  private final short[] start;

  /**
   * @param scaleWords of a unit, which come before its codes
   */
  FiveBitDots(int cols, int unitColumns, int scaleWords) {
    scaleBytes = scaleWords * VECTOR_BYTES;
    groups = unitColumns / GROUP_COLUMNS;
    coefficients = new int[cols / SUM_COLUMNS * WORDS_PER_SUM * FIELDS];
    start = new short[cols / SUM_COLUMNS];
  }

  @Override
  public int groups() {
    return groups;
  }

  @Override
  public void prepare(int[] quants) {
    FieldCoefficients.fill(WORDS, quants, coefficients);
    FieldCoefficients.start(-MIDDLE, SUM_COLUMNS, quants, start);
  }

  @Override
  public void multiply(MemorySegment w, long a, long b, int unit, int[] sums, int sumsOfB) {
    int unitSums = groups * SUMS_PER_GROUP;
    dots(
        w,
        a + scaleBytes,
        b + scaleBytes,
        VECTOR_BYTES,
        groups,
        coefficients,
        unit * unitSums * WORDS_PER_SUM * FIELDS,
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
      for (int part = 0; part < SUMS_PER_GROUP; part++) {
        int sum = group * SUMS_PER_GROUP + part;
        ShortVector dotA = ShortVector.broadcast(SHORT, start[firstStart + sum]);
        ShortVector dotB = dotA;
        for (int i = 0; i < WORDS_PER_SUM; i++) {
          int word = sum * WORDS_PER_SUM + i;
          long in = (long) word * wordStride;
          int at = firstCoefficient + word * FIELDS;
          ShortVector wa = ShortVector.fromMemorySegment(SHORT, w, a + in, ByteOrder.LITTLE_ENDIAN);
          ShortVector wb = ShortVector.fromMemorySegment(SHORT, w, b + in, ByteOrder.LITTLE_ENDIAN);
          ShortVector c0 = IntVector.broadcast(INT, coefficients[at]).reinterpretAsShorts();
          ShortVector c1 = IntVector.broadcast(INT, coefficients[at + 1]).reinterpretAsShorts();
          ShortVector c2 = IntVector.broadcast(INT, coefficients[at + 2]).reinterpretAsShorts();
          ShortVector c3 = IntVector.broadcast(INT, coefficients[at + 3]).reinterpretAsShorts();
          dotA =
              dotA.add(wa.mul(c0))
                  .add(wa.lanewise(VectorOperators.LSHR, 5).mul(c1))
                  .add(wa.lanewise(VectorOperators.LSHR, 10).mul(c2))
                  .add(wa.lanewise(VectorOperators.LSHR, 15).mul(c3));
          dotB =
              dotB.add(wb.mul(c0))
                  .add(wb.lanewise(VectorOperators.LSHR, 5).mul(c1))
                  .add(wb.lanewise(VectorOperators.LSHR, 10).mul(c2))
                  .add(wb.lanewise(VectorOperators.LSHR, 15).mul(c3));
        }
        IntVector pairsA = dotA.reinterpretAsInts();
        IntVector pairsB = dotB.reinterpretAsInts();
        lowerA =
            lowerA.add(
                pairsA.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
        upperA = upperA.add(pairsA.lanewise(VectorOperators.ASHR, 16));
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
