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

/** Q2_K: {@code d·Σ sc·x·dot − dmin·Σ mn·x·Σq}. */
final class Q2_KPackedKernel extends RingPackedKernel {
  private static final int GROUPS = 16;
  private static final int WORDS = 2;
  private static final int FIELDS = 8;

  Q2_KPackedKernel(int rows, int cols) {
    super(QuantType.Q2_K, rows, cols, FieldCoefficients.of(CodeWords.BITS_2), 16, 16, 0);
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
    ShortVector by2 = ShortVector.broadcast(SHORT, (short) 2);
    ShortVector by4 = ShortVector.broadcast(SHORT, (short) 4);
    ShortVector by6 = ShortVector.broadcast(SHORT, (short) 6);
    ShortVector by8 = ShortVector.broadcast(SHORT, (short) 8);
    ShortVector by10 = ShortVector.broadcast(SHORT, (short) 10);
    ShortVector by12 = ShortVector.broadcast(SHORT, (short) 12);
    ShortVector by14 = ShortVector.broadcast(SHORT, (short) 14);
    for (int i = 0; i < units; i++) {
      long atA = NativeAddress.within(a + (long) i * stride);
      long atB = NativeAddress.within(b + (long) i * stride);
      FloatVector scaledLowerA = FloatVector.zero(FLOAT);
      FloatVector minimaLowerA = FloatVector.zero(FLOAT);
      FloatVector scaledUpperA = FloatVector.zero(FLOAT);
      FloatVector minimaUpperA = FloatVector.zero(FLOAT);
      FloatVector scaledLowerB = FloatVector.zero(FLOAT);
      FloatVector minimaLowerB = FloatVector.zero(FLOAT);
      FloatVector scaledUpperB = FloatVector.zero(FLOAT);
      FloatVector minimaUpperB = FloatVector.zero(FLOAT);
      for (int inUnit = 0; inUnit < GROUPS; inUnit++) {
        int group = (firstUnit + i) * GROUPS + inUnit;
        long in = (long) (2 + (inUnit >> 1) * 5) * VECTOR_BYTES;
        int inWord = (inUnit & 1) * Byte.SIZE;
        long codes = in + (1 + (inUnit & 1) * 2) * VECTOR_BYTES;
        long codesA = atA + codes;
        long codesB = atB + codes;
        IntVector scalesA =
            IntVector.fromMemorySegment(INT, SPACE, atA + in, ByteOrder.LITTLE_ENDIAN)
                .lanewise(VectorOperators.LSHR, inWord);
        IntVector scalesB =
            IntVector.fromMemorySegment(INT, SPACE, atB + in, ByteOrder.LITTLE_ENDIAN)
                .lanewise(VectorOperators.LSHR, inWord);
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
          ShortVector c6 = IntVector.broadcast(INT, coefficients[at + 6]).reinterpretAsShorts();
          ShortVector c7 = IntVector.broadcast(INT, coefficients[at + 7]).reinterpretAsShorts();
          dotA =
              wA.mul(c0)
                  .add(dotA)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by2)
                              : wA.lanewise(VectorOperators.LSHR, 2))
                          .mul(c1))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by4)
                              : wA.lanewise(VectorOperators.LSHR, 4))
                          .mul(c2))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by6)
                              : wA.lanewise(VectorOperators.LSHR, 6))
                          .mul(c3))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by8)
                              : wA.lanewise(VectorOperators.LSHR, 8))
                          .mul(c4))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by10)
                              : wA.lanewise(VectorOperators.LSHR, 10))
                          .mul(c5))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by12)
                              : wA.lanewise(VectorOperators.LSHR, 12))
                          .mul(c6))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by14)
                              : wA.lanewise(VectorOperators.LSHR, 14))
                          .mul(c7));
          dotB =
              wB.mul(c0)
                  .add(dotB)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by2)
                              : wB.lanewise(VectorOperators.LSHR, 2))
                          .mul(c1))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by4)
                              : wB.lanewise(VectorOperators.LSHR, 4))
                          .mul(c2))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by6)
                              : wB.lanewise(VectorOperators.LSHR, 6))
                          .mul(c3))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by8)
                              : wB.lanewise(VectorOperators.LSHR, 8))
                          .mul(c4))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by10)
                              : wB.lanewise(VectorOperators.LSHR, 10))
                          .mul(c5))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by12)
                              : wB.lanewise(VectorOperators.LSHR, 12))
                          .mul(c6))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by14)
                              : wB.lanewise(VectorOperators.LSHR, 14))
                          .mul(c7));
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
        FloatVector quants = FloatVector.broadcast(FLOAT, scaledSums[group]);
        scaledLowerA =
            ((FloatVector) scalesA.and(15).mul(lowerDotA).convert(VectorOperators.I2F, 0))
                .fma(scale, scaledLowerA);
        minimaLowerA =
            quants.fma(
                ((FloatVector)
                    scalesA
                        .lanewise(VectorOperators.LSHR, 4)
                        .and(15)
                        .convert(VectorOperators.I2F, 0)),
                minimaLowerA);
        scaledUpperA =
            ((FloatVector)
                    scalesA
                        .lanewise(VectorOperators.LSHR, 16)
                        .and(15)
                        .mul(upperDotA)
                        .convert(VectorOperators.I2F, 0))
                .fma(scale, scaledUpperA);
        minimaUpperA =
            quants.fma(
                ((FloatVector)
                    scalesA
                        .lanewise(VectorOperators.LSHR, 20)
                        .and(15)
                        .convert(VectorOperators.I2F, 0)),
                minimaUpperA);
        scaledLowerB =
            ((FloatVector) scalesB.and(15).mul(lowerDotB).convert(VectorOperators.I2F, 0))
                .fma(scale, scaledLowerB);
        minimaLowerB =
            quants.fma(
                ((FloatVector)
                    scalesB
                        .lanewise(VectorOperators.LSHR, 4)
                        .and(15)
                        .convert(VectorOperators.I2F, 0)),
                minimaLowerB);
        scaledUpperB =
            ((FloatVector)
                    scalesB
                        .lanewise(VectorOperators.LSHR, 16)
                        .and(15)
                        .mul(upperDotB)
                        .convert(VectorOperators.I2F, 0))
                .fma(scale, scaledUpperB);
        minimaUpperB =
            quants.fma(
                ((FloatVector)
                    scalesB
                        .lanewise(VectorOperators.LSHR, 20)
                        .and(15)
                        .convert(VectorOperators.I2F, 0)),
                minimaUpperB);
      }
      IntVector dA = IntVector.fromMemorySegment(INT, SPACE, atA, ByteOrder.LITTLE_ENDIAN);
      IntVector dminA =
          IntVector.fromMemorySegment(INT, SPACE, atA + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      lowerA =
          dA.lanewise(VectorOperators.LSHL, Short.SIZE)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(scaledLowerA, lowerA)
              .sub(
                  dminA
                      .lanewise(VectorOperators.LSHL, Short.SIZE)
                      .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats()
                      .mul(HalfWidening.UNIT)
                      .mul(minimaLowerA));
      upperA =
          dA.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(scaledUpperA, upperA)
              .sub(
                  dminA
                      .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats()
                      .mul(HalfWidening.UNIT)
                      .mul(minimaUpperA));
      IntVector dB = IntVector.fromMemorySegment(INT, SPACE, atB, ByteOrder.LITTLE_ENDIAN);
      IntVector dminB =
          IntVector.fromMemorySegment(INT, SPACE, atB + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      lowerB =
          dB.lanewise(VectorOperators.LSHL, Short.SIZE)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(scaledLowerB, lowerB)
              .sub(
                  dminB
                      .lanewise(VectorOperators.LSHL, Short.SIZE)
                      .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats()
                      .mul(HalfWidening.UNIT)
                      .mul(minimaLowerB));
      upperB =
          dB.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(scaledUpperB, upperB)
              .sub(
                  dminB
                      .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats()
                      .mul(HalfWidening.UNIT)
                      .mul(minimaUpperB));
    }
    lowerA.intoArray(sums, rowA);
    upperA.intoArray(sums, rowA + FLOATS);
    lowerB.intoArray(sums, rowB);
    upperB.intoArray(sums, rowB + FLOATS);
  }
}
