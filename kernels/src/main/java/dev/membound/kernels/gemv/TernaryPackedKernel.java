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

/** TQ1_0 and TQ2_0: {@code d·Σ x·dot}. */
final class TernaryPackedKernel extends RingPackedKernel {
  private static final int GROUPS = 8;
  private static final int WORDS = 4;
  private static final int FIELDS = 8;

  TernaryPackedKernel(QuantType type, int rows, int cols) {
    super(
        type,
        rows,
        cols,
        FieldCoefficients.of(CodeWords.BITS_2),
        Int8Activations.BLOCK,
        Int8Activations.BLOCK,
        1);
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
      FloatVector scaledUpperA = FloatVector.zero(FLOAT);
      FloatVector scaledLowerB = FloatVector.zero(FLOAT);
      FloatVector scaledUpperB = FloatVector.zero(FLOAT);
      for (int inUnit = 0; inUnit < GROUPS; inUnit++) {
        int group = (firstUnit + i) * GROUPS + inUnit;
        long in = (long) (1 + inUnit * WORDS) * VECTOR_BYTES;
        long codesA = atA + in;
        long codesB = atB + in;
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
        scaledLowerA =
            ((FloatVector) lowerDotA.convert(VectorOperators.I2F, 0)).fma(scale, scaledLowerA);
        scaledUpperA =
            ((FloatVector) upperDotA.convert(VectorOperators.I2F, 0)).fma(scale, scaledUpperA);
        scaledLowerB =
            ((FloatVector) lowerDotB.convert(VectorOperators.I2F, 0)).fma(scale, scaledLowerB);
        scaledUpperB =
            ((FloatVector) upperDotB.convert(VectorOperators.I2F, 0)).fma(scale, scaledUpperB);
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
