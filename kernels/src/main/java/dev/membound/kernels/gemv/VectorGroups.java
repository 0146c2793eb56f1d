package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOATS;

/**
 * The activations of several vectors, in groups of 8, 4 or 2 vectors: in a group all vectors'
 * activation of column 0, of column 1, and so on, so that broadcasts read neighbours. An odd batch
 * gets a vector of zeros, columns are padded with zeros.
 */
final class VectorGroups {
  /** 8 vectors need 16 accumulators, more than the 16 registers of AVX2 leave. */
  private static final int LARGEST = FLOATS >= 16 ? 8 : 4;

  private final int batch;
  private final int cols;
  private final int paddedCols;
  private final float[] activations;

  VectorGroups(int batch, int cols, int paddedCols) {
    this.batch = batch;
    this.cols = cols;
    this.paddedCols = paddedCols;
    activations = new float[Math.multiplyExact(paddedCols, vectors())];
  }

  /** Whether one group takes the whole batch. */
  static boolean isOne(int batch) {
    int vectors = even(batch);
    return vectors <= LARGEST && Integer.bitCount(vectors) == 1;
  }

  private static int even(int batch) {
    return Math.ceilDiv(batch, 2) * 2;
  }

  /** Vectors with padding: an even number. */
  int vectors() {
    return even(batch);
  }

  /** Vectors of the group that starts with {@code first}: 8, 4 or 2. */
  int size(int first) {
    return Math.min(LARGEST, Integer.highestOneBit(vectors() - first));
  }

  /** Where the activations of column 0 of the group that starts with vector {@code first} are. */
  int start(int first) {
    return first * paddedCols;
  }

  float[] activations() {
    return activations;
  }

  /**
   * Brings a worker's share of the columns in.
   *
   * @param x {@code [batch][cols]}
   */
  void set(float[] x, int worker, int workers) {
    int from = (int) ((long) cols * worker / workers);
    int end = (int) ((long) cols * (worker + 1) / workers);
    for (int first = 0; first < batch; first += size(first)) {
      int size = size(first);
      for (int vector = first; vector < Math.min(first + size, batch); vector++) {
        int to = start(first) + vector - first;
        for (int c = from; c < end; c++) {
          activations[to + c * size] = x[vector * cols + c];
        }
      }
    }
  }
}
