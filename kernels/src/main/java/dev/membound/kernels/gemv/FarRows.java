package dev.membound.kernels.gemv;

import dev.membound.kernels.matrix.WeightMatrix;
import java.lang.foreign.MemorySegment;

/**
 * A FILE kernel that walks two rows at once, half a share apart: two sequential streams that share
 * each load of activations. Neighbouring rows would look to the prefetcher like one strided stream,
 * which it follows badly.
 */
abstract class FarRows implements GemvKernel {
  private final long rowBytes;

  FarRows(long rowBytes) {
    this.rowBytes = rowBytes;
  }

  @Override
  public final int rowGrain() {
    return 1;
  }

  @Override
  public final void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    int half = Math.ceilDiv(endRow - firstRow, 2);
    for (int row = firstRow; row < firstRow + half; row++) {
      // Without a partner, a row is its own: the same result, written twice.
      int partner = row + half < endRow ? row + half : row;
      multiplyPair(w.data(), row * rowBytes, partner * rowBytes, y, row, partner);
    }
  }

  /** Computes {@code y[rowA]} and {@code y[rowB]}, whose bytes start at {@code a} and {@code b}. */
  abstract void multiplyPair(MemorySegment w, long a, long b, float[] y, int rowA, int rowB);
}
