package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.INT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Q4_0: a 16-bit lane holds columns 2k, 2k + 16, 2k + 1 and 2k + 17 of a row, lowest nibble first;
 * an int lane holds the row of the lower half of the tile and, above, that of the upper.
 */
final class Q4_0Tiles implements TileDecoder {
  private static final int BLOCK = 32;
  private static final int HALF = BLOCK / 2;
  private static final int WORDS = 8;
  private static final int NIBBLE = 15;
  private static final int MIDDLE = 8;

  @Override
  public int rowVectors() {
    return 2;
  }

  @Override
  public int unitColumns() {
    return BLOCK;
  }

  @Override
  public void decode(
      MemorySegment w, long at, long stride, int units, MemorySegment target, long to) {
    for (int i = 0; i < units; i++) {
      long column = to + (long) i * BLOCK * COLUMN_STRIDE;
      scaleCodes(w, at + i * stride, Short.SIZE, 0, target, column);
      scaleCodes(w, at + i * stride, 0, Short.SIZE, target, column + VECTOR_BYTES);
    }
  }

  /**
   * Decodes half of the rows.
   *
   * @param left shift that brings their binary16 scales to the top of the lanes
   * @param right shift that brings their codes to the bottom
   */
  private static void scaleCodes(
      MemorySegment w, long at, int left, int right, MemorySegment target, long to) {
    FloatVector scale =
        IntVector.fromMemorySegment(INT, w, at, ByteOrder.LITTLE_ENDIAN)
            .lanewise(VectorOperators.LSHL, left)
            .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
            .and(HalfWidening.MASK)
            .reinterpretAsFloats()
            .mul(HalfWidening.UNIT);
    for (int word = 0; word < WORDS; word++) {
      IntVector codes =
          IntVector.fromMemorySegment(
                  INT, w, at + (word + 1L) * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN)
              .lanewise(VectorOperators.LSHR, right);
      long column = to + 2L * word * COLUMN_STRIDE;
      ((FloatVector) codes.and(NIBBLE).sub(MIDDLE).convert(VectorOperators.I2F, 0))
          .mul(scale)
          .intoMemorySegment(target, column, ByteOrder.LITTLE_ENDIAN);
      ((FloatVector)
              codes
                  .lanewise(VectorOperators.LSHR, 4)
                  .and(NIBBLE)
                  .sub(MIDDLE)
                  .convert(VectorOperators.I2F, 0))
          .mul(scale)
          .intoMemorySegment(target, column + HALF * COLUMN_STRIDE, ByteOrder.LITTLE_ENDIAN);
      ((FloatVector)
              codes
                  .lanewise(VectorOperators.LSHR, 8)
                  .and(NIBBLE)
                  .sub(MIDDLE)
                  .convert(VectorOperators.I2F, 0))
          .mul(scale)
          .intoMemorySegment(target, column + COLUMN_STRIDE, ByteOrder.LITTLE_ENDIAN);
      ((FloatVector)
              codes
                  .lanewise(VectorOperators.LSHR, 12)
                  .and(NIBBLE)
                  .sub(MIDDLE)
                  .convert(VectorOperators.I2F, 0))
          .mul(scale)
          .intoMemorySegment(target, column + (HALF + 1) * COLUMN_STRIDE, ByteOrder.LITTLE_ENDIAN);
    }
  }
}
