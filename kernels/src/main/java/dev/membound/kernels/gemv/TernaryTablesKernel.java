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
 * TQ1_0 and TQ2_0: {@code d·Σ x·dot}, with two codes at a time looked up in {@link PairTables}: 11
 * operations a vector of codes where {@link TernaryPackedKernel} needs 23.
 */
final class TernaryTablesKernel extends GroupedPackedKernel {
  private static final int GROUPS = 8;
  private static final int WORDS = 4;
  private static final int WORD_TABLES = 4;
  private static final int GROUP_TABLES = WORDS * WORD_TABLES;

  /** Not a constant: C2 would unroll the loop over a group and spill. */
  private final int groupWords = WORDS;

  private final PairTables tables;

  TernaryTablesKernel(QuantType type, int rows, int cols) {
    super(type, rows, cols, Int8Activations.BLOCK);
    tables = new PairTables(cols, 1);
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
      FloatVector scaledUpperA = FloatVector.zero(FLOAT);
      FloatVector scaledLowerB = FloatVector.zero(FLOAT);
      FloatVector scaledUpperB = FloatVector.zero(FLOAT);
      for (int inUnit = 0; inUnit < GROUPS; inUnit++) {
        int group = (firstUnit + i) * GROUPS + inUnit;
        long in = (long) (1 + inUnit * WORDS) * VECTOR_BYTES;
        long codesA = atA + in;
        long codesB = atB + in;
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
