package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;
import static dev.membound.kernels.provider.Species.SHORT;
import static dev.membound.kernels.provider.Species.SHORT_SHIFTS_BY_VECTOR;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Q2_K: {@code d·Σ sc·x·dot − dmin·Σ mn·x·Σq}, with two codes at a time looked up in {@link
 * PairTables}: 11 operations a vector of codes where {@link Q2_KPackedKernel} needs 23.
 */
final class Q2_KTablesKernel extends GroupedPackedKernel {
  private static final int GROUPS = 16;
  private static final int WORDS = 2;
  private static final int WORD_TABLES = 4;
  private static final int GROUP_TABLES = WORDS * WORD_TABLES;

  /** Not a constant: C2 would unroll the loop over a group and spill. */
  private final int groupWords = WORDS;

  private final PairTables tables;

  Q2_KTablesKernel(int rows, int cols) {
    super(QuantType.Q2_K, rows, cols, 16);
    tables = new PairTables(cols, 0);
  }

  @Override
  void prepare(int[] quants) {
    tables.fill(quants);
  }

  @Override
  void multiplyTiles(long a, long b, int firstUnit, int units, float[] sums, int rowA, int rowB) {
    addProducts(
        a,
        b,
        layout.tileUnitBytes(),
        tables.address(),
        groupWords,
        scales,
        scaledSums,
        firstUnit,
        units,
        sums,
        rowA,
        rowB);
    Reference.reachabilityFence(tables);
  }

  private static void addProducts(
      long a,
      long b,
      long stride,
      long tables,
      int groupWords,
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
    ShortVector by8 = ShortVector.broadcast(SHORT, (short) 8);
    ShortVector by12 = ShortVector.broadcast(SHORT, (short) 12);
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
        long table = NativeAddress.within(tables + group * GROUP_TABLES * (long) VECTOR_BYTES);
        ShortVector dotA = ShortVector.zero(SHORT);
        ShortVector dotB = dotA;
        for (int word = 0; word < groupWords; word++) {
          ShortVector wA =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, codesA + (long) word * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
          ShortVector wB =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, codesB + (long) word * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
          long at = table + (long) word * WORD_TABLES * VECTOR_BYTES;
          ShortVector table0 =
              ShortVector.fromMemorySegment(SHORT, SPACE, at, ByteOrder.LITTLE_ENDIAN);
          ShortVector table1 =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, at + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
          ShortVector table2 =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, at + 2 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
          ShortVector table3 =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, at + 3 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
          dotA =
              wA.selectFrom(table0)
                  .add(dotA)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by4)
                              : wA.lanewise(VectorOperators.LSHR, 4))
                          .selectFrom(table1))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by8)
                              : wA.lanewise(VectorOperators.LSHR, 8))
                          .selectFrom(table2))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wA.lanewise(VectorOperators.LSHR, by12)
                              : wA.lanewise(VectorOperators.LSHR, 12))
                          .selectFrom(table3));
          dotB =
              wB.selectFrom(table0)
                  .add(dotB)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by4)
                              : wB.lanewise(VectorOperators.LSHR, 4))
                          .selectFrom(table1))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by8)
                              : wB.lanewise(VectorOperators.LSHR, 8))
                          .selectFrom(table2))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? wB.lanewise(VectorOperators.LSHR, by12)
                              : wB.lanewise(VectorOperators.LSHR, 12))
                          .selectFrom(table3));
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
            ((FloatVector) lowerDotA.convert(VectorOperators.I2F, 0))
                .mul(scale)
                .fma(((FloatVector) scalesA.and(15).convert(VectorOperators.I2F, 0)), scaledLowerA);
        minimaLowerA =
            quants.fma(
                ((FloatVector)
                    scalesA
                        .lanewise(VectorOperators.LSHR, 4)
                        .and(15)
                        .convert(VectorOperators.I2F, 0)),
                minimaLowerA);
        scaledUpperA =
            ((FloatVector) upperDotA.convert(VectorOperators.I2F, 0))
                .mul(scale)
                .fma(
                    ((FloatVector)
                        scalesA
                            .lanewise(VectorOperators.LSHR, 16)
                            .and(15)
                            .convert(VectorOperators.I2F, 0)),
                    scaledUpperA);
        minimaUpperA =
            quants.fma(
                ((FloatVector)
                    scalesA
                        .lanewise(VectorOperators.LSHR, 20)
                        .and(15)
                        .convert(VectorOperators.I2F, 0)),
                minimaUpperA);
        scaledLowerB =
            ((FloatVector) lowerDotB.convert(VectorOperators.I2F, 0))
                .mul(scale)
                .fma(((FloatVector) scalesB.and(15).convert(VectorOperators.I2F, 0)), scaledLowerB);
        minimaLowerB =
            quants.fma(
                ((FloatVector)
                    scalesB
                        .lanewise(VectorOperators.LSHR, 4)
                        .and(15)
                        .convert(VectorOperators.I2F, 0)),
                minimaLowerB);
        scaledUpperB =
            ((FloatVector) upperDotB.convert(VectorOperators.I2F, 0))
                .mul(scale)
                .fma(
                    ((FloatVector)
                        scalesB
                            .lanewise(VectorOperators.LSHR, 16)
                            .and(15)
                            .convert(VectorOperators.I2F, 0)),
                    scaledUpperB);
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
