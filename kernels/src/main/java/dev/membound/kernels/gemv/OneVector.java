package dev.membound.kernels.gemv;

import dev.membound.kernels.matrix.WeightMatrix;

/** A batch of one: the kernel for one vector, on the caller's own arrays. */
record OneVector(GemvKernel kernel) implements BatchKernel {
  @Override
  public ActivationPath activationPath() {
    return kernel.activationPath();
  }

  @Override
  public int rowGrain() {
    return kernel.rowGrain();
  }

  @Override
  public void prepare(float[] x, int worker, int workers) {
    if (worker == 0) {
      kernel.prepare(x);
    }
  }

  @Override
  public void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    kernel.multiply(w, y, firstRow, endRow, worker);
  }
}
