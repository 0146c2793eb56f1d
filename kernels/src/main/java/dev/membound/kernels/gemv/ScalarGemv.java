package dev.membound.kernels.gemv;

import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.matrix.RowReader;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.quant.QuantType;

/**
 * The reference: decodes each row and sums its products in binary64, column after column. The
 * result is rounded to binary32 once.
 */
final class ScalarGemv implements BatchKernel {
  private final int rows;
  private final int cols;
  private final int batch;
  private final RowReader[] readers;
  private final float[][] weights;
  private float[] x;

  ScalarGemv(QuantType type, MatrixLayout layout, int rows, int cols, int batch, int workers) {
    this.rows = rows;
    this.cols = cols;
    this.batch = batch;
    readers = new RowReader[workers];
    weights = new float[workers][cols];
    for (int worker = 0; worker < workers; worker++) {
      readers[worker] = new RowReader(type, layout, rows, cols);
    }
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
    if (worker == 0) {
      this.x = x;
    }
  }

  @Override
  public void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    float[] row = weights[worker];
    for (int r = firstRow; r < endRow; r++) {
      readers[worker].read(w, r, row);
      for (int vector = 0; vector < batch; vector++) {
        double sum = 0;
        for (int c = 0; c < cols; c++) {
          sum += (double) row[c] * x[vector * cols + c];
        }
        y[vector * rows + r] = (float) sum;
      }
    }
  }
}
