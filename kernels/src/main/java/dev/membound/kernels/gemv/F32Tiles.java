package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** F32: a column is a vector already. */
final class F32Tiles implements TileDecoder {
  @Override
  public int rowVectors() {
    return 1;
  }

  @Override
  public int unitColumns() {
    return 1;
  }

  @Override
  public void decode(MemorySegment w, long at, long stride, int units, float[] target, int to) {
    for (int i = 0; i < units; i++) {
      FloatVector.fromMemorySegment(FLOAT, w, at + i * stride, ByteOrder.LITTLE_ENDIAN)
          .intoArray(target, to + i * COLUMN_STRIDE);
    }
  }
}
