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

  private static final int GROUP_BYTES = WORDS * VECTOR_BYTES;

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
      for (int inUnit = 0; inUnit < GROUPS; inUnit += 2) {
        int group = (firstUnit + i) * GROUPS + inUnit;
        long in = (long) (2 + (inUnit >> 1) * 5) * VECTOR_BYTES;
        long codesA = atA + in + VECTOR_BYTES;
        long codesB = atB + in + VECTOR_BYTES;
        IntVector scalesA =
            IntVector.fromMemorySegment(INT, SPACE, atA + in, ByteOrder.LITTLE_ENDIAN);
        IntVector scalesB =
            IntVector.fromMemorySegment(INT, SPACE, atB + in, ByteOrder.LITTLE_ENDIAN);
        long table = NativeAddress.within(tables + group * GROUP_TABLES * (long) VECTOR_BYTES);
        ShortVector dot0A = ShortVector.zero(SHORT);
        ShortVector dot1A = dot0A;
        ShortVector dot0B = dot0A;
        ShortVector dot1B = dot0A;
        for (int word = 0; word < groupWords; word++) {
          long at = (long) word * VECTOR_BYTES;
          long tableAt = table + (long) word * WORD_TABLES * VECTOR_BYTES;
          ShortVector w0A =
              ShortVector.fromMemorySegment(SHORT, SPACE, codesA + at, ByteOrder.LITTLE_ENDIAN);
          ShortVector w0B =
              ShortVector.fromMemorySegment(SHORT, SPACE, codesB + at, ByteOrder.LITTLE_ENDIAN);
          ShortVector table00 =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, tableAt + 0 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
          ShortVector table01 =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, tableAt + 1 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
          ShortVector table02 =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, tableAt + 2 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
          ShortVector table03 =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, tableAt + 3 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
          dot0A =
              w0A.selectFrom(table00)
                  .add(dot0A)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? w0A.lanewise(VectorOperators.LSHR, by4)
                              : w0A.lanewise(VectorOperators.LSHR, 4))
                          .selectFrom(table01))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? w0A.lanewise(VectorOperators.LSHR, by8)
                              : w0A.lanewise(VectorOperators.LSHR, 8))
                          .selectFrom(table02))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? w0A.lanewise(VectorOperators.LSHR, by12)
                              : w0A.lanewise(VectorOperators.LSHR, 12))
                          .selectFrom(table03));
          dot0B =
              w0B.selectFrom(table00)
                  .add(dot0B)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? w0B.lanewise(VectorOperators.LSHR, by4)
                              : w0B.lanewise(VectorOperators.LSHR, 4))
                          .selectFrom(table01))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? w0B.lanewise(VectorOperators.LSHR, by8)
                              : w0B.lanewise(VectorOperators.LSHR, 8))
                          .selectFrom(table02))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? w0B.lanewise(VectorOperators.LSHR, by12)
                              : w0B.lanewise(VectorOperators.LSHR, 12))
                          .selectFrom(table03));
          ShortVector w1A =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, codesA + at + GROUP_BYTES, ByteOrder.LITTLE_ENDIAN);
          ShortVector w1B =
              ShortVector.fromMemorySegment(
                  SHORT, SPACE, codesB + at + GROUP_BYTES, ByteOrder.LITTLE_ENDIAN);
          ShortVector table10 =
              ShortVector.fromMemorySegment(
                  SHORT,
                  SPACE,
                  tableAt + GROUP_TABLES * VECTOR_BYTES + 0 * VECTOR_BYTES,
                  ByteOrder.LITTLE_ENDIAN);
          ShortVector table11 =
              ShortVector.fromMemorySegment(
                  SHORT,
                  SPACE,
                  tableAt + GROUP_TABLES * VECTOR_BYTES + 1 * VECTOR_BYTES,
                  ByteOrder.LITTLE_ENDIAN);
          ShortVector table12 =
              ShortVector.fromMemorySegment(
                  SHORT,
                  SPACE,
                  tableAt + GROUP_TABLES * VECTOR_BYTES + 2 * VECTOR_BYTES,
                  ByteOrder.LITTLE_ENDIAN);
          ShortVector table13 =
              ShortVector.fromMemorySegment(
                  SHORT,
                  SPACE,
                  tableAt + GROUP_TABLES * VECTOR_BYTES + 3 * VECTOR_BYTES,
                  ByteOrder.LITTLE_ENDIAN);
          dot1A =
              w1A.selectFrom(table10)
                  .add(dot1A)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? w1A.lanewise(VectorOperators.LSHR, by4)
                              : w1A.lanewise(VectorOperators.LSHR, 4))
                          .selectFrom(table11))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? w1A.lanewise(VectorOperators.LSHR, by8)
                              : w1A.lanewise(VectorOperators.LSHR, 8))
                          .selectFrom(table12))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? w1A.lanewise(VectorOperators.LSHR, by12)
                              : w1A.lanewise(VectorOperators.LSHR, 12))
                          .selectFrom(table13));
          dot1B =
              w1B.selectFrom(table10)
                  .add(dot1B)
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? w1B.lanewise(VectorOperators.LSHR, by4)
                              : w1B.lanewise(VectorOperators.LSHR, 4))
                          .selectFrom(table11))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? w1B.lanewise(VectorOperators.LSHR, by8)
                              : w1B.lanewise(VectorOperators.LSHR, 8))
                          .selectFrom(table12))
                  .add(
                      (SHORT_SHIFTS_BY_VECTOR
                              ? w1B.lanewise(VectorOperators.LSHR, by12)
                              : w1B.lanewise(VectorOperators.LSHR, 12))
                          .selectFrom(table13));
        }
        FloatVector scale = FloatVector.broadcast(FLOAT, scales[group]);
        FloatVector quants0 = FloatVector.broadcast(FLOAT, scaledSums[group]);
        FloatVector quants1 = FloatVector.broadcast(FLOAT, scaledSums[group + 1]);
        IntVector pairs0A = dot0A.reinterpretAsInts();
        IntVector pairs1A = dot1A.reinterpretAsInts();
        scaledLowerA =
            ((FloatVector)
                    pairs0A
                        .lanewise(VectorOperators.LSHL, Short.SIZE)
                        .lanewise(VectorOperators.ASHR, Short.SIZE)
                        .mul(scalesA.and(15))
                        .add(
                            pairs1A
                                .lanewise(VectorOperators.LSHL, Short.SIZE)
                                .lanewise(VectorOperators.ASHR, Short.SIZE)
                                .mul(scalesA.lanewise(VectorOperators.LSHR, 8).and(15)))
                        .convert(VectorOperators.I2F, 0))
                .fma(scale, scaledLowerA);
        scaledUpperA =
            ((FloatVector)
                    pairs0A
                        .lanewise(VectorOperators.ASHR, Short.SIZE)
                        .mul(scalesA.lanewise(VectorOperators.LSHR, 16).and(15))
                        .add(
                            pairs1A
                                .lanewise(VectorOperators.ASHR, Short.SIZE)
                                .mul(scalesA.lanewise(VectorOperators.LSHR, 24).and(15)))
                        .convert(VectorOperators.I2F, 0))
                .fma(scale, scaledUpperA);
        minimaLowerA =
            quants1.fma(
                (FloatVector)
                    scalesA
                        .lanewise(VectorOperators.LSHR, 12)
                        .and(15)
                        .convert(VectorOperators.I2F, 0),
                quants0.fma(
                    (FloatVector)
                        scalesA
                            .lanewise(VectorOperators.LSHR, 4)
                            .and(15)
                            .convert(VectorOperators.I2F, 0),
                    minimaLowerA));
        minimaUpperA =
            quants1.fma(
                (FloatVector)
                    scalesA.lanewise(VectorOperators.LSHR, 28).convert(VectorOperators.I2F, 0),
                quants0.fma(
                    (FloatVector)
                        scalesA
                            .lanewise(VectorOperators.LSHR, 20)
                            .and(15)
                            .convert(VectorOperators.I2F, 0),
                    minimaUpperA));
        IntVector pairs0B = dot0B.reinterpretAsInts();
        IntVector pairs1B = dot1B.reinterpretAsInts();
        scaledLowerB =
            ((FloatVector)
                    pairs0B
                        .lanewise(VectorOperators.LSHL, Short.SIZE)
                        .lanewise(VectorOperators.ASHR, Short.SIZE)
                        .mul(scalesB.and(15))
                        .add(
                            pairs1B
                                .lanewise(VectorOperators.LSHL, Short.SIZE)
                                .lanewise(VectorOperators.ASHR, Short.SIZE)
                                .mul(scalesB.lanewise(VectorOperators.LSHR, 8).and(15)))
                        .convert(VectorOperators.I2F, 0))
                .fma(scale, scaledLowerB);
        scaledUpperB =
            ((FloatVector)
                    pairs0B
                        .lanewise(VectorOperators.ASHR, Short.SIZE)
                        .mul(scalesB.lanewise(VectorOperators.LSHR, 16).and(15))
                        .add(
                            pairs1B
                                .lanewise(VectorOperators.ASHR, Short.SIZE)
                                .mul(scalesB.lanewise(VectorOperators.LSHR, 24).and(15)))
                        .convert(VectorOperators.I2F, 0))
                .fma(scale, scaledUpperB);
        minimaLowerB =
            quants1.fma(
                (FloatVector)
                    scalesB
                        .lanewise(VectorOperators.LSHR, 12)
                        .and(15)
                        .convert(VectorOperators.I2F, 0),
                quants0.fma(
                    (FloatVector)
                        scalesB
                            .lanewise(VectorOperators.LSHR, 4)
                            .and(15)
                            .convert(VectorOperators.I2F, 0),
                    minimaLowerB));
        minimaUpperB =
            quants1.fma(
                (FloatVector)
                    scalesB.lanewise(VectorOperators.LSHR, 28).convert(VectorOperators.I2F, 0),
                quants0.fma(
                    (FloatVector)
                        scalesB
                            .lanewise(VectorOperators.LSHR, 20)
                            .and(15)
                            .convert(VectorOperators.I2F, 0),
                    minimaUpperB));
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
