package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;
import static dev.membound.kernels.provider.Species.SHORT;

import dev.membound.kernels.matrix.CodeWords;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** IQ4_NL: {@code d·x·dot}. */
final class IQ4_NLPackedKernel extends GroupedPackedKernel {
  private static final ByteVector HIGH = LevelTables.iq4High();
  private static final ByteVector LOW = LevelTables.iq4Low();
  private static final int WORDS = 8;
  private static final int FIELDS = 4;
  private static final int NIBBLES = 0x0F0F;

  IQ4_NLPackedKernel(int rows, int cols) {
    super(QuantType.IQ4_NL, rows, cols, CodeWords.BITS_4, 32, 32, LevelTables.IQ4_OFFSET);
  }

  @Override
  void fillCoefficients(CodeWords codeWords, int[] quants, int[] coefficients) {
    LevelTables.fillCoefficients(quants, coefficients);
  }

  @Override
  void multiplyTiles(
      MemorySegment w, long a, long b, int firstUnit, int units, float[] sums, int rowA, int rowB) {
    addProducts(
        w,
        a,
        b,
        layout.tileUnitBytes(),
        VECTOR_BYTES,
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
      MemorySegment w,
      long a,
      long b,
      long stride,
      long vectorBytes,
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
    for (int i = 0; i < units; i++) {
      long atA = a + (long) i * stride;
      long atB = b + (long) i * stride;
      int group = firstUnit + i;
      long codesA = atA + vectorBytes;
      long codesB = atB + vectorBytes;
      IntVector dA = IntVector.fromMemorySegment(INT, w, atA, ByteOrder.LITTLE_ENDIAN);
      IntVector dB = IntVector.fromMemorySegment(INT, w, atB, ByteOrder.LITTLE_ENDIAN);
      ShortVector highDotA = IntVector.broadcast(INT, start[group]).reinterpretAsShorts();
      ShortVector lowDotA = IntVector.broadcast(INT, start[group]).reinterpretAsShorts();
      ShortVector highDotB = IntVector.broadcast(INT, start[group]).reinterpretAsShorts();
      ShortVector lowDotB = IntVector.broadcast(INT, start[group]).reinterpretAsShorts();
      for (int word = 0; word < WORDS; word++) {
        int at = (group * WORDS + word) * FIELDS;
        ShortVector wA =
            ShortVector.fromMemorySegment(
                SHORT, w, codesA + (long) word * vectorBytes, ByteOrder.LITTLE_ENDIAN);
        ShortVector wB =
            ShortVector.fromMemorySegment(
                SHORT, w, codesB + (long) word * vectorBytes, ByteOrder.LITTLE_ENDIAN);
        ShortVector c0 = IntVector.broadcast(INT, coefficients[at]).reinterpretAsShorts();
        ShortVector c1 = IntVector.broadcast(INT, coefficients[at + 1]).reinterpretAsShorts();
        ShortVector c2 = IntVector.broadcast(INT, coefficients[at + 2]).reinterpretAsShorts();
        ShortVector c3 = IntVector.broadcast(INT, coefficients[at + 3]).reinterpretAsShorts();
        ByteVector evenA = wA.and((short) NIBBLES).reinterpretAsBytes();
        ByteVector oddA =
            wA.lanewise(VectorOperators.LSHR, 4).and((short) NIBBLES).reinterpretAsBytes();
        ShortVector highEvenLevelsA = evenA.selectFrom(HIGH).reinterpretAsShorts();
        ShortVector highOddLevelsA = oddA.selectFrom(HIGH).reinterpretAsShorts();
        highDotA =
            highEvenLevelsA
                .mul(c0)
                .add(highDotA)
                .add(highOddLevelsA.mul(c1))
                .add(highEvenLevelsA.lanewise(VectorOperators.LSHR, 8).mul(c2))
                .add(highOddLevelsA.lanewise(VectorOperators.LSHR, 8).mul(c3));
        ShortVector lowEvenLevelsA = evenA.selectFrom(LOW).reinterpretAsShorts();
        ShortVector lowOddLevelsA = oddA.selectFrom(LOW).reinterpretAsShorts();
        lowDotA =
            lowEvenLevelsA
                .mul(c0)
                .add(lowDotA)
                .add(lowOddLevelsA.mul(c1))
                .add(lowEvenLevelsA.lanewise(VectorOperators.LSHR, 8).mul(c2))
                .add(lowOddLevelsA.lanewise(VectorOperators.LSHR, 8).mul(c3));
        ByteVector evenB = wB.and((short) NIBBLES).reinterpretAsBytes();
        ByteVector oddB =
            wB.lanewise(VectorOperators.LSHR, 4).and((short) NIBBLES).reinterpretAsBytes();
        ShortVector highEvenLevelsB = evenB.selectFrom(HIGH).reinterpretAsShorts();
        ShortVector highOddLevelsB = oddB.selectFrom(HIGH).reinterpretAsShorts();
        highDotB =
            highEvenLevelsB
                .mul(c0)
                .add(highDotB)
                .add(highOddLevelsB.mul(c1))
                .add(highEvenLevelsB.lanewise(VectorOperators.LSHR, 8).mul(c2))
                .add(highOddLevelsB.lanewise(VectorOperators.LSHR, 8).mul(c3));
        ShortVector lowEvenLevelsB = evenB.selectFrom(LOW).reinterpretAsShorts();
        ShortVector lowOddLevelsB = oddB.selectFrom(LOW).reinterpretAsShorts();
        lowDotB =
            lowEvenLevelsB
                .mul(c0)
                .add(lowDotB)
                .add(lowOddLevelsB.mul(c1))
                .add(lowEvenLevelsB.lanewise(VectorOperators.LSHR, 8).mul(c2))
                .add(lowOddLevelsB.lanewise(VectorOperators.LSHR, 8).mul(c3));
      }
      IntVector highPairsA = highDotA.reinterpretAsInts();
      IntVector lowPairsA = lowDotA.reinterpretAsInts();
      IntVector lowerDotA =
          highPairsA
              .lanewise(VectorOperators.LSHL, Short.SIZE)
              .lanewise(VectorOperators.ASHR, Short.SIZE - 4)
              .add(
                  lowPairsA
                      .lanewise(VectorOperators.LSHL, Short.SIZE)
                      .lanewise(VectorOperators.ASHR, Short.SIZE));
      IntVector upperDotA =
          highPairsA
              .lanewise(VectorOperators.ASHR, Short.SIZE)
              .lanewise(VectorOperators.LSHL, 4)
              .add(lowPairsA.lanewise(VectorOperators.ASHR, Short.SIZE));
      IntVector highPairsB = highDotB.reinterpretAsInts();
      IntVector lowPairsB = lowDotB.reinterpretAsInts();
      IntVector lowerDotB =
          highPairsB
              .lanewise(VectorOperators.LSHL, Short.SIZE)
              .lanewise(VectorOperators.ASHR, Short.SIZE - 4)
              .add(
                  lowPairsB
                      .lanewise(VectorOperators.LSHL, Short.SIZE)
                      .lanewise(VectorOperators.ASHR, Short.SIZE));
      IntVector upperDotB =
          highPairsB
              .lanewise(VectorOperators.ASHR, Short.SIZE)
              .lanewise(VectorOperators.LSHL, 4)
              .add(lowPairsB.lanewise(VectorOperators.ASHR, Short.SIZE));
      FloatVector scale = FloatVector.broadcast(FLOAT, scales[group]);
      lowerA =
          dA.lanewise(VectorOperators.LSHL, Short.SIZE)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(((FloatVector) lowerDotA.convert(VectorOperators.I2F, 0)).mul(scale), lowerA);
      upperA =
          dA.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(((FloatVector) upperDotA.convert(VectorOperators.I2F, 0)).mul(scale), upperA);
      lowerB =
          dB.lanewise(VectorOperators.LSHL, Short.SIZE)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(((FloatVector) lowerDotB.convert(VectorOperators.I2F, 0)).mul(scale), lowerB);
      upperB =
          dB.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HalfWidening.UNIT)
              .fma(((FloatVector) upperDotB.convert(VectorOperators.I2F, 0)).mul(scale), upperB);
    }
    lowerA.intoArray(sums, rowA);
    upperA.intoArray(sums, rowA + FLOATS);
    lowerB.intoArray(sums, rowB);
    upperB.intoArray(sums, rowB + FLOATS);
  }
}
