package dev.membound.kernels.gemv;

import dev.membound.kernels.matrix.WeightMatrix;
import java.util.function.Supplier;

/**
 * Several vectors by a kernel for one: a few rows at a time, all vectors in turn. The first vector
 * brings the rows' weights from memory, the others find them in the second-level cache. Each result
 * has the same bits as a call of its own.
 */
final class VectorsInTurn implements BatchKernel {
  private final GemvKernel[] kernels;
  private final int rows;
  private final int cols;
  private final int rowsPerTurn;
  private final float[][] x;

  /** One result a vector: kernels know nothing of an offset. */
  private final float[][] y;

  /**
   * @param kernel makes a kernel for one vector
   * @param rowsPerTurn rows whose weights stay in cache; a multiple of the kernel's grain
   */
  VectorsInTurn(Supplier<GemvKernel> kernel, int rows, int cols, int batch, int rowsPerTurn) {
    this.rows = rows;
    this.cols = cols;
    this.rowsPerTurn = rowsPerTurn;
    kernels = new GemvKernel[batch];
    x = new float[batch][cols];
    y = new float[batch][rows];
    for (int vector = 0; vector < batch; vector++) {
      kernels[vector] = kernel.get();
    }
  }

  @Override
  public ActivationPath activationPath() {
    return kernels[0].activationPath();
  }

  @Override
  public int rowGrain() {
    return kernels[0].rowGrain();
  }

  @Override
  public void prepare(float[] x, int worker, int workers) {
    for (int vector = worker; vector < kernels.length; vector += workers) {
      System.arraycopy(x, vector * cols, this.x[vector], 0, cols);
      kernels[vector].prepare(this.x[vector]);
    }
  }

  @Override
  public void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    for (int row = firstRow; row < endRow; row += rowsPerTurn) {
      int end = Math.min(row + rowsPerTurn, endRow);
      for (int vector = 0; vector < kernels.length; vector++) {
        kernels[vector].multiply(w, this.y[vector], row, end, worker);
        System.arraycopy(this.y[vector], row, y, vector * rows + row, end - row);
      }
    }
  }
}
