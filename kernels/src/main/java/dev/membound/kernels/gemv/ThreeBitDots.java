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

/** Codes of 3 bits, five and a piece of a sixth a word, multiplied as {@link NibbleDots} says. */
final class ThreeBitDots implements CodeDots {
  private static final CodeWords WORDS = CodeWords.BITS_3;
  private static final int FIELDS = 6;
  static final int GROUP_COLUMNS = 16;
  private static final int WORDS_PER_GROUP = 3;
  private static final int VECTOR_BYTES = SHORT.vectorByteSize();

  private final int scaleBytes;
  private final int groups;
  private final int zero;
  private final int[] coefficients;
  private final short[] start;

  /**
   * @param zero the code that stands for zero
   * @param scaleWords of a unit, which come before its codes
   */
  ThreeBitDots(int zero, int cols, int unitColumns, int scaleWords) {
    this.zero = zero;
    scaleBytes = scaleWords * VECTOR_BYTES;
    groups = unitColumns / GROUP_COLUMNS;
    coefficients = new int[cols / WORDS.runCodes() * WORDS.runWords() * FIELDS];
    start = new short[cols / GROUP_COLUMNS];
  }

  @Override
  public int groups() {
    return groups;
  }

  @Override
  public void prepare(int[] quants) {
    FieldCoefficients.fill(WORDS, quants, coefficients);
    FieldCoefficients.start(-zero, GROUP_COLUMNS, quants, start);
  }

  @Override
  public void multiply(MemorySegment w, long a, long b, int unit, int[] sums, int sumsOfB) {
    dots(
        w,
        a + scaleBytes,
        b + scaleBytes,
        VECTOR_BYTES,
        groups,
        coefficients,
        unit * groups * WORDS_PER_GROUP * FIELDS,
        start,
        unit * groups,
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
      ShortVector dotA = ShortVector.broadcast(SHORT, start[firstStart + group]);
      ShortVector dotB = dotA;
      for (int i = 0; i < WORDS_PER_GROUP; i++) {
        int word = group * WORDS_PER_GROUP + i;
        long in = (long) word * wordStride;
        int at = firstCoefficient + word * FIELDS;
        ShortVector wa = ShortVector.fromMemorySegment(SHORT, w, a + in, ByteOrder.LITTLE_ENDIAN);
        ShortVector wb = ShortVector.fromMemorySegment(SHORT, w, b + in, ByteOrder.LITTLE_ENDIAN);
        ShortVector c0 = IntVector.broadcast(INT, coefficients[at + 0]).reinterpretAsShorts();
        ShortVector c1 = IntVector.broadcast(INT, coefficients[at + 1]).reinterpretAsShorts();
        ShortVector c2 = IntVector.broadcast(INT, coefficients[at + 2]).reinterpretAsShorts();
        ShortVector c3 = IntVector.broadcast(INT, coefficients[at + 3]).reinterpretAsShorts();
        ShortVector c4 = IntVector.broadcast(INT, coefficients[at + 4]).reinterpretAsShorts();
        ShortVector c5 = IntVector.broadcast(INT, coefficients[at + 5]).reinterpretAsShorts();
        dotA =
            dotA.add(wa.mul(c0))
                .add(wa.lanewise(VectorOperators.LSHR, 3).mul(c1))
                .add(wa.lanewise(VectorOperators.LSHR, 6).mul(c2))
                .add(wa.lanewise(VectorOperators.LSHR, 9).mul(c3))
                .add(wa.lanewise(VectorOperators.LSHR, 12).mul(c4))
                .add(wa.lanewise(VectorOperators.LSHR, 15).mul(c5));
        dotB =
            dotB.add(wb.mul(c0))
                .add(wb.lanewise(VectorOperators.LSHR, 3).mul(c1))
                .add(wb.lanewise(VectorOperators.LSHR, 6).mul(c2))
                .add(wb.lanewise(VectorOperators.LSHR, 9).mul(c3))
                .add(wb.lanewise(VectorOperators.LSHR, 12).mul(c4))
                .add(wb.lanewise(VectorOperators.LSHR, 15).mul(c5));
      }
      IntVector pairsA = dotA.reinterpretAsInts();
      IntVector pairsB = dotB.reinterpretAsInts();
      int to = group * GroupedPackedKernel.HALVES * FLOATS;
      pairsA
          .lanewise(VectorOperators.LSHL, 16)
          .lanewise(VectorOperators.ASHR, 16)
          .intoArray(sums, to);
      pairsA.lanewise(VectorOperators.ASHR, 16).intoArray(sums, to + FLOATS);
      pairsB
          .lanewise(VectorOperators.LSHL, 16)
          .lanewise(VectorOperators.ASHR, 16)
          .intoArray(sums, sumsOfB + to);
      pairsB.lanewise(VectorOperators.ASHR, 16).intoArray(sums, sumsOfB + to + FLOATS);
    }
  }
}
