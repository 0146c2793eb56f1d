package dev.membound.kernels.gemv;

import dev.membound.kernels.matrix.PackedLayout;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;

/** F32: weights are multiplied where they are. */
final class F32BatchTiles extends BatchTiles {
  /** 64 KiB of weights: the second group finds them in the second-level cache, measured. */
  private static final int CHUNK_COLUMNS = 512;

  F32BatchTiles(int rows, int cols, int batch) {
    super(QuantType.F32, 1, chunkColumns(batch), rows, cols, batch);
  }

  /** A single group meets each weight once: no reason to stop within a panel. */
  private static int chunkColumns(int batch) {
    return batch <= VectorGroups.LARGEST ? PackedLayout.PANEL_COLUMNS : CHUNK_COLUMNS;
  }

  @Override
  void multiplyChunk(
      MemorySegment w, long a, long b, int units, int column, int rowA, int rowB, int worker) {
    addProducts(w, a, b, layout.tileUnitBytes(), units, column, rowA, rowB);
  }
}
