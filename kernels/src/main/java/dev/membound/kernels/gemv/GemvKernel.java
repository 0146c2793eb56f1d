package dev.membound.kernels.gemv;

import dev.membound.kernels.matrix.WeightMatrix;

/**
 * One implementation for one format, layout and shape. {@link #prepare} runs on the caller before
 * the workers start; {@link #multiply} runs on each worker with rows of its own.
 */
interface GemvKernel {
  ActivationPath activationPath();

  /** Rows that a share must start at a multiple of. */
  int rowGrain();

  /** Brings the activations into the form that the inner loop reads. */
  void prepare(float[] x);

  /**
   * Computes {@code y[firstRow]} to {@code y[endRow − 1]}.
   *
   * @param worker 0 to the team's size − 1: owner of a scratch space
   */
  void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker);
}
