package dev.membound.kernels.gemv;

import dev.membound.kernels.matrix.WeightMatrix;

/**
 * A matrix × several vectors, for one format, layout, shape and number of vectors. Every worker
 * runs {@link #prepare} on a share of the activations, then, when all are done, {@link #multiply}
 * on rows of its own.
 */
interface BatchKernel {
  ActivationPath activationPath();

  /** Rows that a share must start at a multiple of. */
  int rowGrain();

  /**
   * Brings a worker's share of the activations into the form that the inner loop reads.
   *
   * @param x {@code [batch][cols]}
   */
  void prepare(float[] x, int worker, int workers);

  /**
   * Computes rows {@code firstRow} to {@code endRow − 1} of every result.
   *
   * @param y {@code [batch][rows]}
   * @param worker 0 to the team's size − 1: owner of a scratch space
   */
  void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker);
}
