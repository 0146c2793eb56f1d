package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.matrix.WeightMatrix;
import java.lang.foreign.MemorySegment;

/**
 * A FILE kernel for rows whose activations do not stay in the first-level cache: walks four rows at
 * once, about a quarter of a share apart, so that each load of activations serves four. Shorter
 * rows are faster in two streams: see {@link FarRows}.
 */
abstract class FarQuads implements GemvKernel {
  private static final int ROWS = 4;

  /** Room before and after a worker's lanes, so that no two workers write the same cache line. */
  private static final int LINE_FLOATS = 16;

  /** Where a worker's lanes of its first row start; those of the next ones follow. */
  static final int LANES = LINE_FLOATS;

  private final long rowBytes;
  private final float[][] lanes;

  FarQuads(long rowBytes, int workers) {
    this.rowBytes = rowBytes;
    this.lanes = new float[workers][LANES + ROWS * FLOATS + LINE_FLOATS];
  }

  @Override
  public final int rowGrain() {
    return 1;
  }

  @Override
  public final void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    MemorySegment data = w.data();
    int distance = Math.ceilDiv(endRow - firstRow, ROWS) | 1; // odd: see FarPairs
    for (int first = firstRow; first < Math.min(firstRow + distance, endRow); first++) {
      // Past the end, the last row again: the same result, written more than once.
      int second = Math.min(first + distance, endRow - 1);
      int third = Math.min(first + 2 * distance, endRow - 1);
      int fourth = Math.min(first + 3 * distance, endRow - 1);
      multiplySteps(
          data,
          first * rowBytes,
          second * rowBytes,
          third * rowBytes,
          fourth * rowBytes,
          lanes[worker]);
      y[first] = sum(data, first, lanes[worker], 0);
      y[second] = sum(data, second, lanes[worker], 1);
      y[third] = sum(data, third, lanes[worker], 2);
      y[fourth] = sum(data, fourth, lanes[worker], 3);
    }
  }

  private float sum(MemorySegment w, int row, float[] lanes, int place) {
    return addTail(w, row * rowBytes, VectorMath.sumLanes(lanes, LANES + place * FLOATS));
  }

  /**
   * Multiplies all whole steps of four rows.
   *
   * @param a first byte of a row, like b, c and d
   * @param lanes receives the rows' lanes, one after the other, from {@link #LANES}
   */
  abstract void multiplySteps(MemorySegment w, long a, long b, long c, long d, float[] lanes);

  /** Adds the products of the columns after the last whole step, one by one. */
  abstract float addTail(MemorySegment w, long row, float sum);
}
