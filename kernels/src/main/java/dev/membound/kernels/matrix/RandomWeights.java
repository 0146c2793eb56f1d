package dev.membound.kernels.matrix;

import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * Benchmark weights: {@value #DISTINCT_ROWS} random rows, repeated. A kernel's speed does not
 * depend on the values, so encoding every row would only make set-up slow.
 */
final class RandomWeights {
  /** A multiple of the tile of every format and width. */
  private static final int DISTINCT_ROWS = 64;

  private RandomWeights() {}

  static WeightMatrix create(
      QuantType type, MatrixLayout layout, int rows, int cols, long seed, Arena arena) {
    MemorySegment data = OffHeap.allocate(arena, WeightMatrix.byteSize(type, layout, rows, cols));
    try (Arena scratch = Arena.ofShared()) {
      SplittableRandom random = new SplittableRandom(seed);
      WeightMatrix distinct =
          WeightMatrix.encode(
              type,
              (row, target) -> {
                for (int c = 0; c < cols; c++) {
                  target[c] = (float) (random.nextInt() * 0x1p-32);
                }
              },
              DISTINCT_ROWS,
              cols,
              scratch);
      switch (layout) {
        case FILE -> repeat(distinct.data(), 0, distinct.byteSize(), data, 0, data.byteSize());
        case PACKED -> repeatTiles(distinct.pack(scratch), distinct, data, rows);
      }
    }
    return new WeightMatrix(type, layout, rows, cols, data);
  }

  private static void repeatTiles(
      WeightMatrix packed, WeightMatrix distinct, MemorySegment data, int rows) {
    PackedLayout from = PackedLayout.of(packed.type(), packed.rows(), packed.cols());
    PackedLayout to = PackedLayout.of(packed.type(), rows, packed.cols());
    int wholeTiles = rows / to.tileRows();
    for (int panel = 0; panel < to.panels(); panel++) {
      long tileBytes = (long) to.units(panel) * to.tileUnitBytes();
      long period = tileBytes * from.tiles();
      long bytes = tileBytes * wholeTiles;
      repeat(
          packed.data(), from.tileOffset(panel, 0), period, data, to.tileOffset(panel, 0), bytes);
    }
    // The last tile keeps its padding rows zero, as packing would leave them.
    for (int row = wholeTiles * to.tileRows(); row < rows; row++) {
      MemorySegment padded = to.newPaddedRow();
      long rowBytes = distinct.type().rowBytes(distinct.cols());
      MemorySegment.copy(distinct.data(), row % DISTINCT_ROWS * rowBytes, padded, 0, rowBytes);
      to.packRow(padded, row, data);
    }
  }

  /** Fills {@code bytes} of the target with the source's {@code period} bytes, over and over. */
  private static void repeat(
      MemorySegment source, long from, long period, MemorySegment target, long to, long bytes) {
    for (long done = 0; done < bytes; done += period) {
      MemorySegment.copy(source, from, target, to + done, Math.min(period, bytes - done));
    }
  }
}
