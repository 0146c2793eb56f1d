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

/** Q5_1: {@code d·x·(dot + middle·Σq) + m·x·Σq}. */
final class Q5_1PackedKernel extends RingPackedKernel {
  private static final int WORDS = 5;
  private static final int FIELDS = 4;
  private static final int MIDDLE = 16;

  Q5_1PackedKernel(int rows, int cols) {
    super(
        QuantType.Q5_1,
        rows,
        cols,
        FieldCoefficients.of(CodeWords.BITS_5),
        Int8Activations.BLOCK,
        16,
        MIDDLE);
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
    ShortVector by5 = ShortVector.broadcast(SHORT, (short) 5);
    ShortVector by10 = ShortVector.broadcast(SHORT, (short) 10);
    ShortVector by15 = ShortVector.broadcast(SHORT, (short) 15);
    for (int i = 0; i < units; i++) {
      long atA = NativeAddress.within(a + (long) i * stride);
      long atB = NativeAddress.within(b + (long) i * stride);
      int group = firstUnit + i;
      long codesA = atA + 2 * VECTOR_BYTES;
      long codesB = atB + 2 * VECTOR_BYTES;
      IntVector dA = IntVector.fromMemorySegment(INT, SPACE, atA, ByteOrder.LITTLE_ENDIAN);
      IntVector mA =
          IntVector.fromMemorySegment(INT, SPACE, atA + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      IntVector dB = IntVector.fromMemorySegment(INT, SPACE, atB, ByteOrder.LITTLE_ENDIAN);
      IntVector mB =
          IntVector.fromMemorySegment(INT, SPACE, atB + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      IntVector lowerDotA = IntVector.zero(INT);
      IntVector upperDotA = IntVector.zero(INT);
      IntVector lowerDotB = IntVector.zero(INT);
      IntVector upperDotB = IntVector.zero(INT);
      for (int part = 0; part < 2; part++) {
        int sum = 2 * group + part;
        ShortVector dotA = IntVector.broadcast(INT, start[sum]).reinterpretAsShorts();
        ShortVector dotB = dotA;
        for (int inPart = 0; inPart < WORDS; inPart++) {
          int word = part * WORDS + inPart;
          int at = (sum * WORDS + inPart) * FIELDS;
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
          dotA =
              wA.mul(c0)
                  .add(dotA)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by5)
                              : wA.lanewise(VectorOperators.LSHR, 5))
                          .mul(c1))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by10)
                              : wA.lanewise(VectorOperators.LSHR, 10))
                          .mul(c2))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by15)
                              : wA.lanewise(VectorOperators.LSHR, 15))
                          .mul(c3));
          dotB =
              wB.mul(c0)
                  .add(dotB)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by5)
                              : wB.lanewise(VectorOperators.LSHR, 5))
                          .mul(c1))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by10)
                              : wB.lanewise(VectorOperators.LSHR, 10))
                          .mul(c2))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by15)
                              : wB.lanewise(VectorOperators.LSHR, 15))
                          .mul(c3));
        }
        IntVector pairsA = dotA.reinterpretAsInts();
        lowerDotA =
            pairsA
                .lanewise(VectorOperators.LSHL, Short.SIZE)
                .lanewise(VectorOperators.ASHR, Short.SIZE)
                .add(lowerDotA);
        upperDotA = pairsA.lanewise(VectorOperators.ASHR, Short.SIZE).add(upperDotA);
        IntVector pairsB = dotB.reinterpretAsInts();
        lowerDotB =
            pairsB
                .lanewise(VectorOperators.LSHL, Short.SIZE)
                .lanewise(VectorOperators.ASHR, Short.SIZE)
                .add(lowerDotB);
        upperDotB = pairsB.lanewise(VectorOperators.ASHR, Short.SIZE).add(upperDotB);
      }
      FloatVector scale = FloatVector.broadcast(FLOAT, scales[group]);
      float scaledSum = scaledSums[group];
      FloatVector middles = FloatVector.broadcast(FLOAT, MIDDLE * scaledSum);
      FloatVector quants = FloatVector.broadcast(FLOAT, scaledSum);
      lowerA =
          mA.lanewise(VectorOperators.LSHL, Short.SIZE)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(
                  quants,
                  dA.lanewise(VectorOperators.LSHL, Short.SIZE)
                      .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats()
                      .mul(HalfWidening.UNIT)
                      .fma(
                          ((FloatVector) lowerDotA.convert(VectorOperators.I2F, 0))
                              .fma(scale, middles),
                          lowerA));
      upperA =
          mA.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(
                  quants,
                  dA.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats()
                      .mul(HalfWidening.UNIT)
                      .fma(
                          ((FloatVector) upperDotA.convert(VectorOperators.I2F, 0))
                              .fma(scale, middles),
                          upperA));
      lowerB =
          mB.lanewise(VectorOperators.LSHL, Short.SIZE)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(
                  quants,
                  dB.lanewise(VectorOperators.LSHL, Short.SIZE)
                      .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats()
                      .mul(HalfWidening.UNIT)
                      .fma(
                          ((FloatVector) lowerDotB.convert(VectorOperators.I2F, 0))
                              .fma(scale, middles),
                          lowerB));
      upperB =
          mB.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(
                  quants,
                  dB.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats()
                      .mul(HalfWidening.UNIT)
                      .fma(
                          ((FloatVector) upperDotB.convert(VectorOperators.I2F, 0))
                              .fma(scale, middles),
                          upperB));
    }
    lowerA.intoArray(sums, rowA);
    upperA.intoArray(sums, rowA + FLOATS);
    lowerB.intoArray(sums, rowB);
    upperB.intoArray(sums, rowB + FLOATS);
  }
}
