package dev.membound.kernels.gemv;

import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;

/** F32: weights are multiplied where they are. */
final class F32BatchTiles extends BatchTiles {
  F32BatchTiles(int rows, int cols, int batch) {
    super(QuantType.F32, 1, inPlaceChunkColumns(batch), rows, cols, batch);
  }

  @Override
  void multiplyChunk(
      MemorySegment w, long a, long b, int units, int column, int rowA, int rowB, int worker) {
    addProducts(w, a, b, layout.tileUnitBytes(), units, column, rowA, rowB);
  }
}
