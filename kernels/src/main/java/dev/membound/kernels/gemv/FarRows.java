package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.memory.NativeAddress;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * A FILE kernel that walks several rows at once, each about an equal part of a share after the one
 * before: as many sequential streams, which share each load of activations. Neighbouring rows would
 * look to the prefetcher like one strided stream, which it follows badly. Two or three rows are
 * best as long as the activations stay in the first-level cache, four to twelve when they do not.
 *
 * <p>The vector loops leave a row's sum as lanes in a scratch array: one more vector helper inlined
 * into them would exceed the JIT compiler's limits, and box.
 */
abstract class FarRows implements GemvKernel {
  /** Room before and after a worker's lanes, so that no two workers write the same cache line. */
  private static final int LINE_FLOATS = 16;

  /** Where a worker's lanes of its first row start; those of the next ones follow. */
  static final int LANES = LINE_FLOATS;

  private final int rowsAtOnce;
  private final long rowBytes;
  private final float[][] lanes;

  FarRows(int rowsAtOnce, long rowBytes, int workers) {
    this.rowsAtOnce = rowsAtOnce;
    this.rowBytes = rowBytes;
    this.lanes = new float[workers][LANES + rowsAtOnce * FLOATS + LINE_FLOATS];
  }

  @Override
  public final int rowGrain() {
    return 1;
  }

  @Override
  public final void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    int rows = endRow - firstRow;
    if (w.rows() < rowsAtOnce) {
      for (int row = firstRow; row < endRow; row++) {
        multiplyRows(w, y, row, 0, firstRow, endRow, worker); // the same row several times
      }
    } else if (rows < rowsAtOnce) { // with rows of other shares, whose results are not used
      int first = Math.min(firstRow, w.rows() - rowsAtOnce);
      multiplyRows(w, y, first, 1, firstRow, endRow, worker);
    } else {
      int distance = (rows / rowsAtOnce - 1) | 1; // odd: see FarPairs
      for (int row = firstRow; row < firstRow + distance; row++) {
        multiplyRows(w, y, row, distance, firstRow, endRow, worker);
      }
      // The last ones are neighbours; some of them are taken twice, with the same result.
      for (int row = firstRow + rowsAtOnce * distance; row < endRow; row += rowsAtOnce) {
        multiplyRows(w, y, Math.min(row, endRow - rowsAtOnce), 1, firstRow, endRow, worker);
      }
    }
    Reference.reachabilityFence(w);
  }

  /** Multiplies rows at a distance and stores the results of those of the share. */
  private void multiplyRows(
      WeightMatrix w, float[] y, int first, int distance, int firstRow, int endRow, int worker) {
    float[] sums = lanes[worker];
    MemorySegment data = w.data();
    boolean exact =
        multiplySteps(NativeAddress.of(data) + first * rowBytes, distance * rowBytes, sums);
    for (int place = 0; place < rowsAtOnce; place++) {
      int row = first + place * distance;
      if (row < firstRow || row >= endRow) {
        continue;
      }
      long at = row * rowBytes;
      y[row] =
          exact || isFinite(data, at)
              ? addTail(
                  data,
                  at,
                  stepCols(),
                  VectorMath.sumLanes(sums, LANES + place * FLOATS) * resultScale())
              : addTail(data, at, 0, 0);
    }
  }

  /** A factor on the sum of a row's lanes. */
  float resultScale() {
    return 1;
  }

  /**
   * Whether a row has no number that the vector loop cannot widen; asked only where {@link
   * #multiplySteps} was not sure.
   */
  boolean isFinite(MemorySegment w, long row) {
    return false;
  }

  /** Columns that the vector loop covers. */
  abstract int stepCols();

  /**
   * Multiplies the first {@link #stepCols} columns of the rows.
   *
   * @param first address of the first row
   * @param distance bytes from a row to the next one
   * @param lanes receives the rows' lanes, one after the other, from {@link #LANES}
   * @return false if the vector loop may have met an infinity or NaN, and each row that is not
   *     {@link #isFinite} has to be taken by the scalar loop from column 0
   */
  abstract boolean multiplySteps(long first, long distance, float[] lanes);

  /** Adds the products of a row from column {@code fromCol} on, one by one. */
  abstract float addTail(MemorySegment w, long row, int fromCol, float sum);
}
