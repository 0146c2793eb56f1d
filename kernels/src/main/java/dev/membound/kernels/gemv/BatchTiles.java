package dev.membound.kernels.gemv;

import dev.membound.kernels.matrix.PackedLayout;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Several vectors on the {@linkplain PackedLayout packed layout}, float activations: panel after
 * panel, and in each panel two far tiles at once, as for one vector. A chunk of both stays in cache
 * until every group of vectors has been multiplied with it.
 */
abstract class BatchTiles implements BatchKernel {
  private static final int LINE_FLOATS = 16;

  /** 64 KiB of F32: shorter chunks were slower, though the first-level cache would hold them. */
  private static final int IN_PLACE_CHUNK_COLUMNS = 512;

  final PackedLayout layout;
  final VectorGroups groups;

  private final int unitColumns;
  private final int chunkUnits;
  private final int rows;
  private final int batch;

  /** From a vector's sums to the next one's. */
  final int sumStride;

  /** A vector's sum for each row, padding included. */
  final float[] sums;

  /**
   * @param chunkColumns a multiple of the unit
   */
  BatchTiles(QuantType type, int unitColumns, int chunkColumns, int rows, int cols, int batch) {
    this.unitColumns = unitColumns;
    chunkUnits = chunkColumns / unitColumns;
    this.rows = rows;
    this.batch = batch;
    layout = PackedLayout.of(type, rows, cols);
    groups = new VectorGroups(batch, cols, layout.paddedCols());
    // One line more: at a multiple of 4 KiB all vectors' sums would compete for the same cache set.
    sumStride = layout.tiles() * layout.tileRows() + LINE_FLOATS;
    sums = new float[Math.multiplyExact(sumStride, groups.vectors())];
  }

  /**
   * Columns of a chunk for kernels that multiply weights where they are: a single group meets each
   * weight once, and need not stop within a panel.
   */
  static int inPlaceChunkColumns(int batch) {
    return VectorGroups.isOne(batch) ? PackedLayout.PANEL_COLUMNS : IN_PLACE_CHUNK_COLUMNS;
  }

  @Override
  public final ActivationPath activationPath() {
    return ActivationPath.FLOAT;
  }

  @Override
  public final int rowGrain() {
    return layout.tileRows();
  }

  @Override
  public final void prepare(float[] x, int worker, int workers) {
    groups.set(x, worker, workers);
  }

  @Override
  public final void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    int tileRows = layout.tileRows();
    int first = firstRow / tileRows;
    int end = Math.ceilDiv(endRow, tileRows);
    int tiles = end - first;
    for (int vector = 0; vector < groups.vectors(); vector++) {
      int from = vector * sumStride;
      Arrays.fill(sums, from + first * tileRows, from + end * tileRows, 0);
    }
    int column = 0;
    for (int panel = 0; panel < layout.panels(); panel++) {
      for (int pair = 0; pair < FarPairs.ODD.count(tiles); pair++) {
        // A tile that is its own partner: both read the same sums, and write the same.
        int tile = first + pair;
        int partner = first + FarPairs.ODD.partner(pair, tiles);
        multiplyPanel(w.data(), panel, column, tile, partner, worker);
      }
      column += layout.units(panel) * unitColumns;
    }
    for (int vector = 0; vector < batch; vector++) {
      System.arraycopy(
          sums, vector * sumStride + firstRow, y, vector * rows + firstRow, endRow - firstRow);
    }
  }

  private void multiplyPanel(
      MemorySegment w, int panel, int firstColumn, int tile, int partner, int worker) {
    long a = layout.tileOffset(panel, tile);
    long b = layout.tileOffset(panel, partner);
    int rowA = tile * layout.tileRows();
    int rowB = partner * layout.tileRows();
    for (int unit = 0; unit < layout.units(panel); unit += chunkUnits) {
      int units = Math.min(chunkUnits, layout.units(panel) - unit);
      long offset = (long) unit * layout.tileUnitBytes();
      int column = firstColumn + unit * unitColumns;
      multiplyChunk(w, a + offset, b + offset, units, column, rowA, rowB, worker);
    }
  }

  /**
   * Adds the products of a chunk with every vector.
   *
   * @param a first byte of one tile in this chunk
   * @param b first byte of the other, or {@code a} again
   * @param column first column of the chunk
   */
  abstract void multiplyChunk(
      MemorySegment w, long a, long b, int units, int column, int rowA, int rowB, int worker);

  /** {@link TileProducts} of every group. */
  final void addProducts(
      MemorySegment w, long a, long b, long stride, int cols, int column, int rowA, int rowB) {
    float[] x = groups.activations();
    for (int first = 0; first < groups.vectors(); first += groups.size(first)) {
      int size = groups.size(first);
      int at = groups.start(first) + column * size;
      int sumA = first * sumStride + rowA;
      int sumB = first * sumStride + rowB;
      switch (size) {
        case 8 -> TileProducts.add8(w, a, b, stride, cols, x, at, sums, sumStride, sumA, sumB);
        case 4 -> TileProducts.add4(w, a, b, stride, cols, x, at, sums, sumStride, sumA, sumB);
        default -> TileProducts.add2(w, a, b, stride, cols, x, at, sums, sumStride, sumA, sumB);
      }
    }
  }
}
