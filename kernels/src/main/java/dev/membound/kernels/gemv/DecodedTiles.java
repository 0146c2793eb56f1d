package dev.membound.kernels.gemv;

import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Each chunk of two tiles is decoded into a scratch, once for the batch. */
final class DecodedTiles extends BatchTiles {
  /** Like the longest unit a divisor of every panel. */
  private static final int CHUNK_COLUMNS = 128;

  /** One a worker. */
  private final TileDecoder[] decoders;

  private final int unitColumns;
  private final boolean wide;
  private final int planeBytes;

  /** For each worker, the decoded chunk: off-heap like weights, and so on a cache line. */
  private final MemorySegment[] decoded;

  /**
   * @param decoders one a worker
   */
  DecodedTiles(QuantType type, TileDecoder[] decoders, int rows, int cols, int batch) {
    super(type, decoders[0].unitColumns(), chunkColumns(decoders[0]), rows, cols, batch);
    this.decoders = decoders;
    unitColumns = decoders[0].unitColumns();
    wide = decoders[0].rowVectors() == 2;
    planeBytes = chunkColumns(decoders[0]) * TileDecoder.COLUMN_STRIDE;
    decoded = new MemorySegment[decoders.length];
    Arena arena = Arena.ofAuto(); // as long as the plan
    for (int worker = 0; worker < decoders.length; worker++) {
      decoded[worker] = OffHeap.allocate(arena, decoders[0].rowVectors() * planeBytes);
    }
  }

  private static int chunkColumns(TileDecoder decoder) {
    return Math.max(CHUNK_COLUMNS, decoder.unitColumns());
  }

  @Override
  void multiplyChunk(
      MemorySegment w, long a, long b, int units, int column, int rowA, int rowB, int worker) {
    int stride = layout.tileUnitBytes();
    int columns = units * unitColumns;
    TileDecoder decoder = decoders[worker];
    MemorySegment decoded = this.decoded[worker];
    int second = wide ? planeBytes : TileDecoder.VECTOR_BYTES;
    decoder.decode(w, a, stride, units, decoded, 0);
    decoder.decode(w, b, stride, units, decoded, second);
    if (!wide) {
      addPlane(decoded, 0, columns, column, rowA, rowB);
      return;
    }
    addPlane(decoded, 0, columns, column, rowA, rowA + layout.tileRows() / 2);
    if (rowB != rowA) {
      addPlane(decoded, planeBytes, columns, column, rowB, rowB + layout.tileRows() / 2);
    }
  }

  private void addPlane(
      MemorySegment decoded, int from, int columns, int column, int rowA, int rowB) {
    addProducts(
        decoded,
        from,
        from + TileDecoder.VECTOR_BYTES,
        TileDecoder.COLUMN_STRIDE,
        columns,
        column,
        rowA,
        rowB);
  }
}
