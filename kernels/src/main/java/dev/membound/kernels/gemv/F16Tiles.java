package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.INT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** F16: two columns an int lane, the first one in the lower half. */
final class F16Tiles implements TileDecoder {
  @Override
  public int rowVectors() {
    return 1;
  }

  @Override
  public int unitColumns() {
    return 2;
  }

  @Override
  public void decode(
      MemorySegment w, long at, long stride, int units, MemorySegment target, long to) {
    for (int i = 0; i < units; i++) {
      IntVector pair =
          IntVector.fromMemorySegment(INT, w, at + i * stride, ByteOrder.LITTLE_ENDIAN);
      long column = to + 2L * i * COLUMN_STRIDE;
      pair.lanewise(VectorOperators.LSHL, Short.SIZE)
          .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
          .and(HalfWidening.MASK)
          .reinterpretAsFloats()
          .mul(HalfWidening.UNIT)
          .intoMemorySegment(target, column, ByteOrder.LITTLE_ENDIAN);
      pair.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
          .and(HalfWidening.MASK)
          .reinterpretAsFloats()
          .mul(HalfWidening.UNIT)
          .intoMemorySegment(target, column + COLUMN_STRIDE, ByteOrder.LITTLE_ENDIAN);
    }
  }
}
