package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.matrix.PackedLayout;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Several vectors on the {@linkplain PackedLayout packed layout}, float activations: {@value
 * #CHUNK_COLUMNS} columns of two far tiles are decoded into a scratch in the first-level cache, and
 * multiplied with all vectors from there. Decoding costs once for the batch.
 */
final class DecodedTiles implements BatchKernel {
  /** A multiple of every unit, a divisor of every panel. */
  private static final int CHUNK_COLUMNS = 128;

  private static final int TILES = 2;
  private static final int LINE_FLOATS = 16;
  private static final int PLANE_FLOATS = CHUNK_COLUMNS * TileDecoder.COLUMN_STRIDE;

  private final TileDecoder decoder;
  private final PackedLayout layout;
  private final int rows;
  private final int cols;
  private final int batch;

  /** The batch, rounded up to even: what the smallest inner loop takes. */
  private final int vectors;

  /** All vectors' activation of column 0, of column 1, and so on. */
  private final float[] activations;

  private final int sumStride;

  /** A vector's sum for each row, padding included. */
  private final float[] sums;

  /** For each worker, the decoded chunk. */
  private final float[][] decoded;

  DecodedTiles(QuantType type, TileDecoder decoder, int rows, int cols, int batch, int workers) {
    this.decoder = decoder;
    this.rows = rows;
    this.cols = cols;
    this.batch = batch;
    layout = PackedLayout.of(type, rows, cols);
    vectors = Math.ceilDiv(batch, 2) * 2;
    activations = new float[Math.multiplyExact(layout.paddedCols(), vectors)];
    // One line more: at a multiple of 4 KiB all vectors' sums would compete for the same cache set.
    sumStride = layout.tiles() * layout.tileRows() + LINE_FLOATS;
    sums = new float[Math.multiplyExact(sumStride, vectors)];
    decoded = new float[workers][decoder.rowVectors() * PLANE_FLOATS];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.FLOAT;
  }

  @Override
  public int rowGrain() {
    return layout.tileRows();
  }

  @Override
  public void prepare(float[] x, int worker, int workers) {
    int first = (int) ((long) cols * worker / workers);
    int end = (int) ((long) cols * (worker + 1) / workers);
    for (int vector = 0; vector < batch; vector++) {
      for (int c = first; c < end; c++) {
        activations[c * vectors + vector] = x[vector * cols + c];
      }
    }
  }

  @Override
  public void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    int tileRows = layout.tileRows();
    int first = firstRow / tileRows;
    int end = Math.ceilDiv(endRow, tileRows);
    int half = Math.ceilDiv(end - first, TILES);
    for (int vector = 0; vector < vectors; vector++) {
      int from = vector * sumStride;
      Arrays.fill(sums, from + first * tileRows, from + end * tileRows, 0);
    }
    int unit = 0;
    for (int panel = 0; panel < layout.panels(); panel++) {
      for (int tile = first; tile < first + half; tile++) {
        // Without a partner, a tile is its own: both read the same sums, and write the same.
        int partner = tile + half < end ? tile + half : tile;
        multiplyTiles(w.data(), panel, unit, tile, partner, decoded[worker]);
      }
      unit += layout.units(panel);
    }
    for (int vector = 0; vector < batch; vector++) {
      System.arraycopy(
          sums, vector * sumStride + firstRow, y, vector * rows + firstRow, endRow - firstRow);
    }
  }

  private void multiplyTiles(
      MemorySegment w, int panel, int firstUnit, int tile, int partner, float[] decoded) {
    int stride = layout.tileUnitBytes();
    int unitColumns = decoder.unitColumns();
    int chunkUnits = CHUNK_COLUMNS / unitColumns;
    boolean wide = decoder.rowVectors() == TILES;
    int rowA = tile * layout.tileRows();
    int rowB = partner * layout.tileRows();
    long a = layout.tileOffset(panel, tile);
    long b = layout.tileOffset(panel, partner);
    for (int unit = 0; unit < layout.units(panel); unit += chunkUnits) {
      int units = Math.min(chunkUnits, layout.units(panel) - unit);
      int columns = units * unitColumns;
      int x = (firstUnit + unit) * unitColumns * vectors;
      decoder.decode(w, a + (long) unit * stride, stride, units, decoded, 0);
      int second = wide ? PLANE_FLOATS : FLOATS;
      decoder.decode(w, b + (long) unit * stride, stride, units, decoded, second);
      if (wide) {
        addProducts(decoded, 0, columns, x, rowA, rowA + FLOATS);
        if (partner != tile) {
          addProducts(decoded, PLANE_FLOATS, columns, x, rowB, rowB + FLOATS);
        }
      } else {
        addProducts(decoded, 0, columns, x, rowA, rowB);
      }
    }
  }

  private void addProducts(float[] decoded, int from, int columns, int x, int rowA, int rowB) {
    int done = 0;
    for (; TileProducts.MOST == 8 && vectors - done >= 8; done += 8) {
      TileProducts.add8(
          decoded,
          from,
          columns,
          activations,
          x + done,
          vectors,
          sums,
          sumStride,
          rowA + done * sumStride,
          rowB + done * sumStride);
    }
    for (; vectors - done >= 4; done += 4) {
      TileProducts.add4(
          decoded,
          from,
          columns,
          activations,
          x + done,
          vectors,
          sums,
          sumStride,
          rowA + done * sumStride,
          rowB + done * sumStride);
    }
    for (; done < vectors; done += 2) {
      TileProducts.add2(
          decoded,
          from,
          columns,
          activations,
          x + done,
          vectors,
          sums,
          sumStride,
          rowA + done * sumStride,
          rowB + done * sumStride);
    }
  }
}
