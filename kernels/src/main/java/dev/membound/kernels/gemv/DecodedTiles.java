package dev.membound.kernels.gemv;

import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Each chunk of two tiles is decoded into a scratch, once for the batch. */
final class DecodedTiles extends BatchTiles {
  /** A multiple of every unit, a divisor of every panel. */
  private static final int CHUNK_COLUMNS = 128;

  private static final int PLANE_BYTES = CHUNK_COLUMNS * TileDecoder.COLUMN_STRIDE;

  private final TileDecoder decoder;

  /** For each worker, the decoded chunk: off-heap like weights, and so on a cache line. */
  private final MemorySegment[] decoded;

  DecodedTiles(QuantType type, TileDecoder decoder, int rows, int cols, int batch, int workers) {
    super(type, decoder.unitColumns(), CHUNK_COLUMNS, rows, cols, batch);
    this.decoder = decoder;
    decoded = new MemorySegment[workers];
    Arena arena = Arena.ofAuto(); // as long as the plan
    for (int worker = 0; worker < workers; worker++) {
      decoded[worker] = OffHeap.allocate(arena, decoder.rowVectors() * PLANE_BYTES);
    }
  }

  @Override
  void multiplyChunk(
      MemorySegment w, long a, long b, int units, int column, int rowA, int rowB, int worker) {
    int stride = layout.tileUnitBytes();
    int columns = units * decoder.unitColumns();
    MemorySegment decoded = this.decoded[worker];
    boolean wide = decoder.rowVectors() == 2;
    int second = wide ? PLANE_BYTES : TileDecoder.VECTOR_BYTES;
    decoder.decode(w, a, stride, units, decoded, 0);
    decoder.decode(w, b, stride, units, decoded, second);
    if (!wide) {
      addPlane(decoded, 0, columns, column, rowA, rowB);
      return;
    }
    addPlane(decoded, 0, columns, column, rowA, rowA + layout.tileRows() / 2);
    if (rowB != rowA) {
      addPlane(decoded, PLANE_BYTES, columns, column, rowB, rowB + layout.tileRows() / 2);
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
