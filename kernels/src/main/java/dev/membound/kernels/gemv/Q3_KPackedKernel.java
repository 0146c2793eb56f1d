package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;
import static dev.membound.kernels.provider.Species.SHORT;
import static dev.membound.kernels.provider.Species.SHORT_SHIFTS_BY_VECTOR;

import dev.membound.kernels.matrix.CodeWords;
import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** Q3_K: {@code d·Σ sc·x·dot}. */
final class Q3_KPackedKernel extends RingPackedKernel {
  private static final int GROUPS = 16;
  private static final int WORDS = 3;
  private static final int FIELDS = 6;

  Q3_KPackedKernel(int rows, int cols) {
    super(QuantType.Q3_K, rows, cols, FieldCoefficients.of(CodeWords.BITS_3), 16, 16, 4);
  }

  @Override
  void multiplyTiles(long a, long b, int firstUnit, int units, float[] sums, int rowA, int rowB) {
    addProducts(
        a,
        b,
        layout.tileUnitBytes(),
        coefficients,
        start,
        scales,
        scaledSums,
        firstUnit,
        units,
        sums,
        rowA,
        rowB);
  }

  private static void addProducts(
      long a,
      long b,
      long stride,
      int[] coefficients,
      int[] start,
      float[] scales,
      float[] scaledSums,
      int firstUnit,
      int units,
      float[] sums,
      int rowA,
      int rowB) {
    FloatVector lowerA = FloatVector.fromArray(FLOAT, sums, rowA);
    FloatVector upperA = FloatVector.fromArray(FLOAT, sums, rowA + FLOATS);
    FloatVector lowerB = FloatVector.fromArray(FLOAT, sums, rowB);
    FloatVector upperB = FloatVector.fromArray(FLOAT, sums, rowB + FLOATS);
    ShortVector by3 = ShortVector.broadcast(SHORT, (short) 3);
    ShortVector by6 = ShortVector.broadcast(SHORT, (short) 6);
    ShortVector by9 = ShortVector.broadcast(SHORT, (short) 9);
    ShortVector by12 = ShortVector.broadcast(SHORT, (short) 12);
    ShortVector by15 = ShortVector.broadcast(SHORT, (short) 15);
    for (int i = 0; i < units; i++) {
      long atA = NativeAddress.within(a + (long) i * stride);
      long atB = NativeAddress.within(b + (long) i * stride);
      FloatVector scaledLowerA = FloatVector.zero(FLOAT);
      FloatVector scaledUpperA = FloatVector.zero(FLOAT);
      FloatVector scaledLowerB = FloatVector.zero(FLOAT);
      FloatVector scaledUpperB = FloatVector.zero(FLOAT);
      for (int inUnit = 0; inUnit < GROUPS; inUnit++) {
        int group = (firstUnit + i) * GROUPS + inUnit;
        long in = (long) (1 + (inUnit >> 1) * 7) * VECTOR_BYTES;
        int inWord = (inUnit & 1) * Byte.SIZE;
        long codes = in + (1 + (inUnit & 1) * 3) * VECTOR_BYTES;
        long codesA = atA + codes;
        long codesB = atB + codes;
        IntVector scalesA =
            IntVector.fromMemorySegment(INT, SPACE, atA + in, ByteOrder.LITTLE_ENDIAN)
                .lanewise(VectorOperators.LSHL, Byte.SIZE - inWord);
        IntVector scalesB =
            IntVector.fromMemorySegment(INT, SPACE, atB + in, ByteOrder.LITTLE_ENDIAN)
                .lanewise(VectorOperators.LSHL, Byte.SIZE - inWord);
        ShortVector dotA = IntVector.broadcast(INT, start[group]).reinterpretAsShorts();
        ShortVector dotB = dotA;
        for (int word = 0; word < WORDS; word++) {
          int at = (group * WORDS + word) * FIELDS;
          ShortVector wA =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, codesA + (long) word * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
          ShortVector wB =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, codesB + (long) word * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
          ShortVector c0 = IntVector.broadcast(INT, coefficients[at]).reinterpretAsShorts();
          ShortVector c1 = IntVector.broadcast(INT, coefficients[at + 1]).reinterpretAsShorts();
          ShortVector c2 = IntVector.broadcast(INT, coefficients[at + 2]).reinterpretAsShorts();
          ShortVector c3 = IntVector.broadcast(INT, coefficients[at + 3]).reinterpretAsShorts();
          ShortVector c4 = IntVector.broadcast(INT, coefficients[at + 4]).reinterpretAsShorts();
          ShortVector c5 = IntVector.broadcast(INT, coefficients[at + 5]).reinterpretAsShorts();
          dotA =
              wA.mul(c0)
                  .add(dotA)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by3)
                              : wA.lanewise(VectorOperators.LSHR, 3))
                          .mul(c1))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by6)
                              : wA.lanewise(VectorOperators.LSHR, 6))
                          .mul(c2))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by9)
                              : wA.lanewise(VectorOperators.LSHR, 9))
                          .mul(c3))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by12)
                              : wA.lanewise(VectorOperators.LSHR, 12))
                          .mul(c4))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by15)
                              : wA.lanewise(VectorOperators.LSHR, 15))
                          .mul(c5));
          dotB =
              wB.mul(c0)
                  .add(dotB)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by3)
                              : wB.lanewise(VectorOperators.LSHR, 3))
                          .mul(c1))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by6)
                              : wB.lanewise(VectorOperators.LSHR, 6))
                          .mul(c2))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by9)
                              : wB.lanewise(VectorOperators.LSHR, 9))
                          .mul(c3))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by12)
                              : wB.lanewise(VectorOperators.LSHR, 12))
                          .mul(c4))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by15)
                              : wB.lanewise(VectorOperators.LSHR, 15))
                          .mul(c5));
        }
        IntVector pairsA = dotA.reinterpretAsInts();
        IntVector lowerDotA =
            pairsA
                .lanewise(VectorOperators.LSHL, Short.SIZE)
                .lanewise(VectorOperators.ASHR, Short.SIZE);
        IntVector upperDotA = pairsA.lanewise(VectorOperators.ASHR, Short.SIZE);
        IntVector pairsB = dotB.reinterpretAsInts();
        IntVector lowerDotB =
            pairsB
                .lanewise(VectorOperators.LSHL, Short.SIZE)
                .lanewise(VectorOperators.ASHR, Short.SIZE);
        IntVector upperDotB = pairsB.lanewise(VectorOperators.ASHR, Short.SIZE);
        FloatVector scale = FloatVector.broadcast(FLOAT, scales[group]);
        scaledLowerA =
            ((FloatVector)
                    scalesA
                        .lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 24)
                        .mul(lowerDotA)
                        .convert(VectorOperators.I2F, 0))
                .fma(scale, scaledLowerA);
        scaledUpperA =
            ((FloatVector)
                    scalesA
                        .lanewise(VectorOperators.ASHR, 24)
                        .mul(upperDotA)
                        .convert(VectorOperators.I2F, 0))
                .fma(scale, scaledUpperA);
        scaledLowerB =
            ((FloatVector)
                    scalesB
                        .lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 24)
                        .mul(lowerDotB)
                        .convert(VectorOperators.I2F, 0))
                .fma(scale, scaledLowerB);
        scaledUpperB =
            ((FloatVector)
                    scalesB
                        .lanewise(VectorOperators.ASHR, 24)
                        .mul(upperDotB)
                        .convert(VectorOperators.I2F, 0))
                .fma(scale, scaledUpperB);
      }
      IntVector dA = IntVector.fromMemorySegment(INT, SPACE, atA, ByteOrder.LITTLE_ENDIAN);
      lowerA =
          dA.lanewise(VectorOperators.LSHL, Short.SIZE)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(scaledLowerA, lowerA);
      upperA =
          dA.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(scaledUpperA, upperA);
      IntVector dB = IntVector.fromMemorySegment(INT, SPACE, atB, ByteOrder.LITTLE_ENDIAN);
      lowerB =
          dB.lanewise(VectorOperators.LSHL, Short.SIZE)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(scaledLowerB, lowerB);
      upperB =
          dB.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(scaledUpperB, upperB);
    }
    lowerA.intoArray(sums, rowA);
    upperA.intoArray(sums, rowA + FLOATS);
    lowerB.intoArray(sums, rowB);
    upperB.intoArray(sums, rowB + FLOATS);
  }
}
