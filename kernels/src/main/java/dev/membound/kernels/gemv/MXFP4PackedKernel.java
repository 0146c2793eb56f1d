package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;
import static dev.membound.kernels.provider.Species.SHORT;
import static dev.membound.kernels.provider.Species.SHORT_SHIFTS_BY_VECTOR;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** MXFP4: {@code 2^(e − 127)·x·dot}, of doubled levels. */
final class MXFP4PackedKernel extends RingPackedKernel {
  private static final ByteVector LEVELS = LevelTables.e2m1Doubled();
  private static final int WORDS = 4;
  private static final int FIELDS = 4;
  private static final int MANTISSA_BITS = 23;
  private static final int LEAST_POWER_BITS = 0x0040_0000;

  MXFP4PackedKernel(int rows, int cols) {
    super(
        QuantType.MXFP4, rows, cols, FieldCoefficients.ofLevels(), 32, 16, LevelTables.E2M1_OFFSET);
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
    ShortVector by4 = ShortVector.broadcast(SHORT, (short) 4);
    ShortVector by8 = ShortVector.broadcast(SHORT, (short) Byte.SIZE);
    for (int i = 0; i < units; i++) {
      long atA = NativeAddress.within(a + (long) i * stride);
      long atB = NativeAddress.within(b + (long) i * stride);
      int group = firstUnit + i;
      long codesA = atA + VECTOR_BYTES;
      long codesB = atB + VECTOR_BYTES;
      IntVector dA = IntVector.fromMemorySegment(INT, SPACE, atA, ByteOrder.LITTLE_ENDIAN);
      IntVector dB = IntVector.fromMemorySegment(INT, SPACE, atB, ByteOrder.LITTLE_ENDIAN);
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
          ByteVector evenA = wA.reinterpretAsBytes();
          ByteVector oddA =
              (SHORT_SHIFTS_BY_VECTOR
                      ? wA.lanewise(VectorOperators.LSHR, by4)
                      : wA.lanewise(VectorOperators.LSHR, 4))
                  .reinterpretAsBytes();
          ShortVector evenLevelsA = evenA.selectFrom(LEVELS).reinterpretAsShorts();
          ShortVector oddLevelsA = oddA.selectFrom(LEVELS).reinterpretAsShorts();
          dotA =
              evenLevelsA
                  .mul(c0)
                  .add(dotA)
                  .add(oddLevelsA.mul(c1))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? evenLevelsA.lanewise(VectorOperators.LSHR, by8)
                              : evenLevelsA.lanewise(VectorOperators.LSHR, 8))
                          .mul(c2))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? oddLevelsA.lanewise(VectorOperators.LSHR, by8)
                              : oddLevelsA.lanewise(VectorOperators.LSHR, 8))
                          .mul(c3));
          ByteVector evenB = wB.reinterpretAsBytes();
          ByteVector oddB =
              (SHORT_SHIFTS_BY_VECTOR
                      ? wB.lanewise(VectorOperators.LSHR, by4)
                      : wB.lanewise(VectorOperators.LSHR, 4))
                  .reinterpretAsBytes();
          ShortVector evenLevelsB = evenB.selectFrom(LEVELS).reinterpretAsShorts();
          ShortVector oddLevelsB = oddB.selectFrom(LEVELS).reinterpretAsShorts();
          dotB =
              evenLevelsB
                  .mul(c0)
                  .add(dotB)
                  .add(oddLevelsB.mul(c1))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? evenLevelsB.lanewise(VectorOperators.LSHR, by8)
                              : evenLevelsB.lanewise(VectorOperators.LSHR, 8))
                          .mul(c2))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? oddLevelsB.lanewise(VectorOperators.LSHR, by8)
                              : oddLevelsB.lanewise(VectorOperators.LSHR, 8))
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
      FloatVector scale = FloatVector.broadcast(FLOAT, scales[group] * 0.5f);
      lowerA =
          dA.and(0xFF)
              .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
              .max(LEAST_POWER_BITS)
              .reinterpretAsFloats()
              .fma(((FloatVector) lowerDotA.convert(VectorOperators.I2F, 0)).mul(scale), lowerA);
      upperA =
          dA.lanewise(VectorOperators.LSHR, Short.SIZE)
              .and(0xFF)
              .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
              .max(LEAST_POWER_BITS)
              .reinterpretAsFloats()
              .fma(((FloatVector) upperDotA.convert(VectorOperators.I2F, 0)).mul(scale), upperA);
      lowerB =
          dB.and(0xFF)
              .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
              .max(LEAST_POWER_BITS)
              .reinterpretAsFloats()
              .fma(((FloatVector) lowerDotB.convert(VectorOperators.I2F, 0)).mul(scale), lowerB);
      upperB =
          dB.lanewise(VectorOperators.LSHR, Short.SIZE)
              .and(0xFF)
              .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
              .max(LEAST_POWER_BITS)
              .reinterpretAsFloats()
              .fma(((FloatVector) upperDotB.convert(VectorOperators.I2F, 0)).mul(scale), upperB);
    }
    lowerA.intoArray(sums, rowA);
    upperA.intoArray(sums, rowA + FLOATS);
    lowerB.intoArray(sums, rowB);
    upperB.intoArray(sums, rowB + FLOATS);
  }
}
