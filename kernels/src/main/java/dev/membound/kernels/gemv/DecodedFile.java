package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Several vectors on the file's own layout, float activations: {@value #CHUNK_COLUMNS} columns of
 * two far rows are decoded into a scratch in the first-level cache, and multiplied with all vectors
 * from there. Decoding costs once for the batch.
 */
final class DecodedFile implements BatchKernel {
  /** A multiple of every block and vector. */
  static final int CHUNK_COLUMNS = 512;

  private static final int ROWS = 2;

  private final RowDecoder[] decoders;
  private final long rowBytes;
  private final int rows;
  private final int cols;
  private final int batch;

  /** The batch, rounded up to even: what the smallest inner loop takes. */
  private final int vectors;

  /** Chunk after chunk, in each vector after vector, padded with zeros to whole chunks. */
  private final float[] activations;

  /** For each worker, a chunk of both rows. */
  private final float[][] decoded;

  /** For each worker, the lanes of both rows' sums, vector after vector. */
  private final float[][] lanes;

  DecodedFile(QuantType type, int rows, int cols, int batch, int workers) {
    this.decoders = RowDecoders.of(type, workers);
    this.rowBytes = type.rowBytes(cols);
    this.rows = rows;
    this.cols = cols;
    this.batch = batch;
    vectors = Math.ceilDiv(batch, 2) * 2;
    int chunks = Math.ceilDiv(cols, CHUNK_COLUMNS);
    activations = new float[Math.multiplyExact(chunks * vectors, CHUNK_COLUMNS)];
    decoded = new float[workers][ROWS * CHUNK_COLUMNS];
    lanes = new float[workers][vectors * ROWS * FLOATS];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.FLOAT;
  }

  @Override
  public int rowGrain() {
    return 1;
  }

  @Override
  public void prepare(float[] x, int worker, int workers) {
    for (int vector = worker; vector < batch; vector += workers) {
      for (int c = 0; c < cols; c += CHUNK_COLUMNS) {
        int to = c * vectors + vector * CHUNK_COLUMNS;
        int columns = Math.min(CHUNK_COLUMNS, cols - c);
        System.arraycopy(x, vector * cols + c, activations, to, columns);
      }
    }
  }

  @Override
  public void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    int half = Math.ceilDiv(endRow - firstRow, ROWS);
    float[] lanes = this.lanes[worker];
    for (int row = firstRow; row < firstRow + half; row++) {
      // Without a partner, a row is its own: the same result, written twice.
      int partner = row + half < endRow ? row + half : row;
      Arrays.fill(lanes, 0);
      multiplyRows(w.data(), row * rowBytes, partner * rowBytes, worker);
      for (int vector = 0; vector < batch; vector++) {
        int from = vector * ROWS * FLOATS;
        y[vector * rows + row] = VectorMath.sumLanes(lanes, from);
        y[vector * rows + partner] = VectorMath.sumLanes(lanes, from + FLOATS);
      }
    }
  }

  private void multiplyRows(MemorySegment w, long a, long b, int worker) {
    RowDecoder decoder = decoders[worker];
    float[] decoded = this.decoded[worker];
    float[] lanes = this.lanes[worker];
    for (int c = 0; c < cols; c += CHUNK_COLUMNS) {
      int columns = Math.min(CHUNK_COLUMNS, cols - c);
      decoder.decode(w, a, c, columns, decoded, 0);
      decoder.decode(w, b, c, columns, decoded, CHUNK_COLUMNS);
      int steps = Math.ceilDiv(columns, FLOATS);
      Arrays.fill(decoded, columns, steps * FLOATS, 0);
      Arrays.fill(decoded, CHUNK_COLUMNS + columns, CHUNK_COLUMNS + steps * FLOATS, 0);
      addProducts(decoded, steps, c * vectors, lanes);
    }
  }

  private void addProducts(float[] decoded, int steps, int x, float[] lanes) {
    int done = 0;
    for (; RowProducts.MOST == 8 && vectors - done >= 8; done += 8) {
      RowProducts.add8(
          decoded,
          CHUNK_COLUMNS,
          steps,
          activations,
          x + done * CHUNK_COLUMNS,
          CHUNK_COLUMNS,
          lanes,
          done * ROWS * FLOATS);
    }
    for (; vectors - done >= 4; done += 4) {
      RowProducts.add4(
          decoded,
          CHUNK_COLUMNS,
          steps,
          activations,
          x + done * CHUNK_COLUMNS,
          CHUNK_COLUMNS,
          lanes,
          done * ROWS * FLOATS);
    }
    for (; done < vectors; done += 2) {
      RowProducts.add2(
          decoded,
          CHUNK_COLUMNS,
          steps,
          activations,
          x + done * CHUNK_COLUMNS,
          CHUNK_COLUMNS,
          lanes,
          done * ROWS * FLOATS);
    }
  }
}
