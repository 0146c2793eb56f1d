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

/**
 * IQ4_XS: {@code d·Σ sc·x·dot}. Levels are looked up, two in a 16-bit lane, and multiplied as
 * {@link ByteRing} says.
 */
final class IQ4_XSPackedKernel extends GroupedPackedKernel {
  private static final int GROUPS = 8;
  private static final ByteVector LEVELS = LevelTables.iq4();
  private static final int WORDS = 8;
  private static final int FACTORS = 2 * ByteRing.COEFFICIENTS;

  private final int[] factors;

  IQ4_XSPackedKernel(int rows, int cols) {
    super(QuantType.IQ4_XS, rows, cols, 32);
    factors = new int[2 * ByteRing.count(cols)];
  }

  @Override
  void prepare(int[] quants) {
    ByteRing.fillLevels(quants, factors);
  }

  @Override
  void multiplyTiles(long a, long b, int firstUnit, int units, float[] sums, int rowA, int rowB) {
    addProducts(a, b, layout.tileUnitBytes(), factors, scales, firstUnit, units, sums, rowA, rowB);
  }

  private static void addProducts(
      long a,
      long b,
      long stride,
      int[] factors,
      float[] scales,
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
      FloatVector scaledLowerA = FloatVector.zero(FLOAT);
      FloatVector scaledUpperA = FloatVector.zero(FLOAT);
      FloatVector scaledLowerB = FloatVector.zero(FLOAT);
      FloatVector scaledUpperB = FloatVector.zero(FLOAT);
      for (int inUnit = 0; inUnit < GROUPS; inUnit++) {
        int group = (firstUnit + i) * GROUPS + inUnit;
        long in = (long) (1 + (inUnit >> 1) * 17) * VECTOR_BYTES;
        int inWord = (inUnit & 1) * Byte.SIZE;
        long codes = in + (1 + (inUnit & 1) * 8) * VECTOR_BYTES;
        long codesA = atA + codes;
        long codesB = atB + codes;
        IntVector scalesA =
            IntVector.fromMemorySegment(INT, SPACE, atA + in, ByteOrder.LITTLE_ENDIAN)
                .lanewise(VectorOperators.LSHL, Byte.SIZE - inWord);
        IntVector scalesB =
            IntVector.fromMemorySegment(INT, SPACE, atB + in, ByteOrder.LITTLE_ENDIAN)
                .lanewise(VectorOperators.LSHL, Byte.SIZE - inWord);
        IntVector wordsA = IntVector.broadcast(INT, ByteRing.start(2 * WORDS));
        IntVector wordsB = wordsA;
        IntVector upperDotA = IntVector.zero(INT);
        IntVector upperDotB = upperDotA;
        for (int word = 0; word < WORDS; word++) {
          int at = (group * WORDS + word) * FACTORS;
          ShortVector wA =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, codesA + (long) word * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
          ShortVector wB =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, codesB + (long) word * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
          ShortVector ofEven = IntVector.broadcast(INT, factors[at]).reinterpretAsShorts();
          ShortVector ofUpperEven = IntVector.broadcast(INT, factors[at + 1]).reinterpretAsShorts();
          ShortVector addEven = IntVector.broadcast(INT, factors[at + 2]).reinterpretAsShorts();
          ShortVector ofOdd = IntVector.broadcast(INT, factors[at + 3]).reinterpretAsShorts();
          ShortVector ofUpperOdd = IntVector.broadcast(INT, factors[at + 4]).reinterpretAsShorts();
          ShortVector addOdd = IntVector.broadcast(INT, factors[at + 5]).reinterpretAsShorts();
          ShortVector evenA = wA.reinterpretAsBytes().selectFrom(LEVELS).reinterpretAsShorts();
          ShortVector oddA =
              (SHORT_SHIFTS_BY_VECTOR
                      ? wA.lanewise(VectorOperators.LSHR, by4)
                      : wA.lanewise(VectorOperators.LSHR, 4))
                  .reinterpretAsBytes()
                  .selectFrom(LEVELS)
                  .reinterpretAsShorts();
          IntVector evenDotsA =
              evenA
                  .mul(ofEven)
                  .add(addEven)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? evenA.lanewise(VectorOperators.LSHR, by8)
                              : evenA.lanewise(VectorOperators.LSHR, 8))
                          .mul(ofUpperEven))
                  .reinterpretAsInts();
          IntVector oddDotsA =
              oddA.mul(ofOdd)
                  .add(addOdd)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? oddA.lanewise(VectorOperators.LSHR, by8)
                              : oddA.lanewise(VectorOperators.LSHR, 8))
                          .mul(ofUpperOdd))
                  .reinterpretAsInts();
          wordsA = evenDotsA.add(wordsA).add(oddDotsA);
          upperDotA =
              evenDotsA
                  .lanewise(VectorOperators.ASHR, Short.SIZE)
                  .add(upperDotA)
                  .add(oddDotsA.lanewise(VectorOperators.ASHR, Short.SIZE));
          ShortVector evenB = wB.reinterpretAsBytes().selectFrom(LEVELS).reinterpretAsShorts();
          ShortVector oddB =
              (SHORT_SHIFTS_BY_VECTOR
                      ? wB.lanewise(VectorOperators.LSHR, by4)
                      : wB.lanewise(VectorOperators.LSHR, 4))
                  .reinterpretAsBytes()
                  .selectFrom(LEVELS)
                  .reinterpretAsShorts();
          IntVector evenDotsB =
              evenB
                  .mul(ofEven)
                  .add(addEven)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? evenB.lanewise(VectorOperators.LSHR, by8)
                              : evenB.lanewise(VectorOperators.LSHR, 8))
                          .mul(ofUpperEven))
                  .reinterpretAsInts();
          IntVector oddDotsB =
              oddB.mul(ofOdd)
                  .add(addOdd)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? oddB.lanewise(VectorOperators.LSHR, by8)
                              : oddB.lanewise(VectorOperators.LSHR, 8))
                          .mul(ofUpperOdd))
                  .reinterpretAsInts();
          wordsB = evenDotsB.add(wordsB).add(oddDotsB);
          upperDotB =
              evenDotsB
                  .lanewise(VectorOperators.ASHR, Short.SIZE)
                  .add(upperDotB)
                  .add(oddDotsB.lanewise(VectorOperators.ASHR, Short.SIZE));
        }
        IntVector lowerDotA = wordsA.sub(upperDotA.lanewise(VectorOperators.LSHL, Short.SIZE));
        IntVector lowerDotB = wordsB.sub(upperDotB.lanewise(VectorOperators.LSHL, Short.SIZE));
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
