package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.memory.NativeAddress;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * A FILE kernel for rows whose activations do not stay in the first-level cache: walks eight rows
 * at once, an eighth of a share apart, so that each load of activations serves eight. Shorter rows
 * are as fast in two streams: see {@link FarRows}.
 */
abstract class FarOctets implements GemvKernel {
  private static final int ROWS = 8;

  /** Room before and after a worker's lanes, so that no two workers write the same cache line. */
  private static final int LINE_FLOATS = 16;

  /** Where a worker's lanes of its first row start; those of the next ones follow. */
  static final int LANES = LINE_FLOATS;

  private final long rowBytes;
  private final float[][] lanes;

  FarOctets(long rowBytes, int workers) {
    this.rowBytes = rowBytes;
    this.lanes = new float[workers][LANES + ROWS * FLOATS + LINE_FLOATS];
  }

  @Override
  public final int rowGrain() {
    return 1;
  }

  @Override
  public final void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    int rows = endRow - firstRow;
    if (rows < ROWS) {
      for (int row = firstRow; row < endRow; row++) {
        multiplyRows(w, y, row, 0, worker); // the same row eight times
      }
    } else {
      int distance = (rows / ROWS - 1) | 1; // odd: see FarPairs
      for (int row = firstRow; row < firstRow + distance; row++) {
        multiplyRows(w, y, row, distance, worker);
      }
      // The last ones are neighbours; some of them are taken twice, with the same result.
      for (int row = firstRow + ROWS * distance; row < endRow; row += ROWS) {
        multiplyRows(w, y, Math.min(row, endRow - ROWS), 1, worker);
      }
    }
    Reference.reachabilityFence(w);
  }

  private void multiplyRows(WeightMatrix w, float[] y, int first, int distance, int worker) {
    float[] sums = lanes[worker];
    multiplySteps(NativeAddress.of(w.data()) + first * rowBytes, distance * rowBytes, sums);
    for (int place = 0; place < ROWS; place++) {
      int row = first + place * distance;
      float sum = VectorMath.sumLanes(sums, LANES + place * FLOATS);
      y[row] = addTail(w.data(), row * rowBytes, sum);
    }
  }

  /**
   * Multiplies all whole steps of eight rows.
   *
   * @param first address of the first row
   * @param distance bytes from a row to the next one
   * @param lanes receives the rows' lanes, one after the other, from {@link #LANES}
   */
  abstract void multiplySteps(long first, long distance, float[] lanes);

  /** Adds the products of the columns after the last whole step, one by one. */
  abstract float addTail(MemorySegment w, long row, float sum);
}
