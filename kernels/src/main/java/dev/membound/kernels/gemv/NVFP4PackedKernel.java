package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.BYTE;
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

/** NVFP4: {@code Σ UE4M3(d)·x·dot}, of doubled levels; a scale that is NaN counts as 0. */
final class NVFP4PackedKernel extends RingPackedKernel {
  private static final int GROUPS = 4;
  private static final ByteVector LEVELS = LevelTables.e2m1Doubled();

  /** A scale's bits in place are 2⁻¹²⁰ of it, and levels are doubled. */
  private static final int MISSING_EXPONENT = 119;

  private static final int WORDS = 4;
  private static final int FIELDS = 4;

  /** Two groups: their scales, their codes. */
  private static final int PAIR_VECTORS = 1 + 2 * WORDS;

  private static final byte NAN = 0x7F;

  /** From the lower end of a lane to where a float has its exponent and mantissa. */
  private static final int SHIFT = 20;

  private static final int MASK = 0x7F << SHIFT;
  private static final int PAIRS = GROUPS / 2;

  NVFP4PackedKernel(int rows, int cols) {
    super(
        QuantType.NVFP4, rows, cols, FieldCoefficients.ofLevels(), 16, 16, LevelTables.E2M1_OFFSET);
  }

  @Override
  int missingExponent() {
    return MISSING_EXPONENT;
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
      for (int pair = 0; pair < PAIRS; pair++) {
        long in = (long) (pair * PAIR_VECTORS) * VECTOR_BYTES;
        ByteVector bytesA =
            ByteVector.fromMemorySegment(BYTE, SPACE, atA + in, ByteOrder.LITTLE_ENDIAN);
        ByteVector bytesB =
            ByteVector.fromMemorySegment(BYTE, SPACE, atB + in, ByteOrder.LITTLE_ENDIAN);
        // A row's two scales lie in one 16-bit lane; NaN counts as 0 and so has to go first.
        IntVector scalesA =
            bytesA.blend((byte) 0, bytesA.compare(VectorOperators.EQ, NAN)).reinterpretAsInts();
        IntVector scalesB =
            bytesB.blend((byte) 0, bytesB.compare(VectorOperators.EQ, NAN)).reinterpretAsInts();
        for (int inPair = 0; inPair < 2; inPair++) {
          int group = (firstUnit + i) * GROUPS + 2 * pair + inPair;
          long codes = in + (1 + inPair * WORDS) * (long) VECTOR_BYTES;
          long codesA = atA + codes;
          long codesB = atB + codes;
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
          int down = inPair * Byte.SIZE;
          IntVector scaleA = scalesA.lanewise(VectorOperators.LSHR, down);
          lowerA =
              ((FloatVector) lowerDotA.convert(VectorOperators.I2F, 0))
                  .mul(scaleA.lanewise(VectorOperators.LSHL, SHIFT).and(MASK).reinterpretAsFloats())
                  .fma(scale, lowerA);
          upperA =
              ((FloatVector) upperDotA.convert(VectorOperators.I2F, 0))
                  .mul(
                      scaleA
                          .lanewise(VectorOperators.LSHL, SHIFT - Short.SIZE)
                          .and(MASK)
                          .reinterpretAsFloats())
                  .fma(scale, upperA);
          IntVector scaleB = scalesB.lanewise(VectorOperators.LSHR, down);
          lowerB =
              ((FloatVector) lowerDotB.convert(VectorOperators.I2F, 0))
                  .mul(scaleB.lanewise(VectorOperators.LSHL, SHIFT).and(MASK).reinterpretAsFloats())
                  .fma(scale, lowerB);
          upperB =
              ((FloatVector) upperDotB.convert(VectorOperators.I2F, 0))
                  .mul(
                      scaleB
                          .lanewise(VectorOperators.LSHL, SHIFT - Short.SIZE)
                          .and(MASK)
                          .reinterpretAsFloats())
                  .fma(scale, upperB);
        }
      }
    }
    lowerA.intoArray(sums, rowA);
    upperA.intoArray(sums, rowA + FLOATS);
    lowerB.intoArray(sums, rowB);
    upperB.intoArray(sums, rowB + FLOATS);
  }
}
