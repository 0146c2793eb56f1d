package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Any format in GGUF order, float activations: a chunk of a row is decoded into the first-level
 * cache, and multiplied from there. For formats that have no kernel of their own in this layout.
 */
final class DecodedRows implements GemvKernel {
  private static final int LINE_FLOATS = 16;

  private static final int CHUNK = DecodedFile.CHUNK_COLUMNS;

  private final RowDecoder[] decoders;
  private final int cols;
  private final long rowBytes;
  private final float[][] weights;
  private final float[][] lanes;
  private float[] x;

  DecodedRows(QuantType type, int cols, int workers) {
    this.decoders = RowDecoders.of(type, workers);
    this.cols = cols;
    this.rowBytes = type.rowBytes(cols);
    this.weights = new float[workers][CHUNK];
    this.lanes = new float[workers][LINE_FLOATS + FLOATS + LINE_FLOATS];
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
  public void prepare(float[] x) {
    this.x = x;
  }

  @Override
  public void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    for (int row = firstRow; row < endRow; row++) {
      y[row] = multiplyRow(w.data(), row * rowBytes, worker);
    }
  }

  private float multiplyRow(MemorySegment data, long row, int worker) {
    float[] chunk = weights[worker];
    float[] lanes = this.lanes[worker];
    FloatVector.zero(FLOAT).intoArray(lanes, LINE_FLOATS);
    float tail = 0;
    for (int from = 0; from < cols; from += CHUNK) {
      int count = Math.min(CHUNK, cols - from);
      decoders[worker].decode(data, row, from, count, chunk, 0);
      int vectors = count / FLOATS;
      addProducts(chunk, x, from, vectors, lanes);
      for (int c = vectors * FLOATS; c < count; c++) {
        tail = Math.fma(chunk[c], x[from + c], tail);
      }
    }
    return VectorMath.sumLanes(lanes, LINE_FLOATS) + tail;
  }

  private static void addProducts(
      float[] weights, float[] x, int from, int vectors, float[] lanes) {
    FloatVector sum = FloatVector.fromArray(FLOAT, lanes, LINE_FLOATS);
    for (int i = 0; i < vectors; i++) {
      sum =
          FloatVector.fromArray(FLOAT, weights, i * FLOATS)
              .fma(FloatVector.fromArray(FLOAT, x, from + i * FLOATS), sum);
    }
    sum.intoArray(lanes, LINE_FLOATS);
  }
}
