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
 * Codes of 4 to 6 bits: four fields a word, multiplied without being masked apart, as {@link
 * NibbleRing} does with nibbles. With fields of widths b₀, b₁ … at shifts s₀ = 0, s₁ …, and
 * coefficients {@code c₀ = x₀}, {@code cₖ = xₖ − 2^b₍ₖ₋₁₎·xₖ₋₁}, the sum {@code Σ cₖ·(v >>> sₖ)} is
 * {@code Σ xₖ·fₖ} modulo 2¹⁶. A field that is bits b … of a code counts {@code 2ᵇ·x}.
 *
 * <p>A 16-bit sum runs over as many columns as cannot overflow it: codes of n bits less their
 * middle, times 127, stay below 2¹⁵ over {@code 256 / 2^(n−1)} columns.
 */
final class FieldDots implements CodeDots {
  private static final int FIELDS = 4;
  private static final int VECTOR_BYTES = SHORT.vectorByteSize();

  private final CodeWords codeWords;
  private final int scaleBytes;
  private final int groups;
  private final int sumsPerGroup;
  private final int wordsPerSum;
  private final int sumColumns;
  private final int middle;
  private final short[] coefficients;
  private final short[] start;

  /**
   * @param bits of a code, 4 to 6; sums are of codes less the middle of their range
   * @param scaleWords of a unit, which come before its codes
   */
  FieldDots(int bits, int cols, int unitColumns, int groupColumns, int scaleWords) {
    codeWords = CodeWords.ofBits(bits);
    scaleBytes = scaleWords * VECTOR_BYTES;
    middle = 1 << bits - 1;
    sumColumns = Math.min(groupColumns, 256 / middle);
    sumsPerGroup = groupColumns / sumColumns;
    wordsPerSum = sumColumns * bits / Short.SIZE;
    groups = unitColumns / groupColumns;
    coefficients = new short[cols * bits / Short.SIZE * FIELDS];
    start = new short[cols / sumColumns];
  }

  @Override
  public int groups() {
    return groups;
  }

  @Override
  public void prepare(int[] quants) {
    FieldCoefficients.fill(codeWords, quants, coefficients);
    FieldCoefficients.start(-middle, sumColumns, quants, start);
  }

  @Override
  public void multiply(MemorySegment w, long a, long b, int unit, int[] sums, int sumsOfB) {
    int unitSums = groups * sumsPerGroup;
    dots(
        w,
        a + scaleBytes,
        b + scaleBytes,
        groups,
        sumsPerGroup,
        wordsPerSum,
        codeWords.shift(1),
        codeWords.shift(2),
        codeWords.shift(3),
        coefficients,
        unit * unitSums * wordsPerSum * FIELDS,
        start,
        unit * unitSums,
        sums,
        sumsOfB);
  }

  private static void dots(
      MemorySegment w,
      long a,
      long b,
      int groups,
      int sumsPerGroup,
      int wordsPerSum,
      int shift1,
      int shift2,
      int shift3,
      short[] coefficients,
      int firstCoefficient,
      short[] start,
      int firstStart,
      int[] sums,
      int sumsOfB) {
    int word = 0;
    int sum = 0;
    for (int group = 0; group < groups; group++) {
      IntVector lowerA = IntVector.zero(INT);
      IntVector upperA = lowerA;
      IntVector lowerB = lowerA;
      IntVector upperB = lowerA;
      for (int end = sum + sumsPerGroup; sum < end; sum++) {
        ShortVector dotA = ShortVector.broadcast(SHORT, start[firstStart + sum]);
        ShortVector dotB = dotA;
        for (int last = word + wordsPerSum; word < last; word++) {
          long in = (long) word * VECTOR_BYTES;
          int at = firstCoefficient + word * FIELDS;
          ShortVector wa = ShortVector.fromMemorySegment(SHORT, w, a + in, ByteOrder.LITTLE_ENDIAN);
          ShortVector wb = ShortVector.fromMemorySegment(SHORT, w, b + in, ByteOrder.LITTLE_ENDIAN);
          ShortVector c0 = ShortVector.broadcast(SHORT, coefficients[at]);
          ShortVector c1 = ShortVector.broadcast(SHORT, coefficients[at + 1]);
          ShortVector c2 = ShortVector.broadcast(SHORT, coefficients[at + 2]);
          ShortVector c3 = ShortVector.broadcast(SHORT, coefficients[at + 3]);
          dotA =
              dotA.add(wa.mul(c0))
                  .add(wa.lanewise(VectorOperators.LSHR, shift1).mul(c1))
                  .add(wa.lanewise(VectorOperators.LSHR, shift2).mul(c2))
                  .add(wa.lanewise(VectorOperators.LSHR, shift3).mul(c3));
          dotB =
              dotB.add(wb.mul(c0))
                  .add(wb.lanewise(VectorOperators.LSHR, shift1).mul(c1))
                  .add(wb.lanewise(VectorOperators.LSHR, shift2).mul(c2))
                  .add(wb.lanewise(VectorOperators.LSHR, shift3).mul(c3));
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
