package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.memory.NativeAddress;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * A FILE kernel that walks two rows at once, {@linkplain FarPairs half a share apart}: two
 * sequential streams that share each load of activations. Neighbouring rows would look to the
 * prefetcher like one strided stream, which it follows badly.
 *
 * <p>The vector loops leave a row's sum as lanes in a scratch array: one more vector helper inlined
 * into them would exceed the JIT compiler's limits, and box.
 */
abstract class FarRows implements GemvKernel {
  /** Room before and after a worker's lanes, so that no two workers write the same cache line. */
  private static final int LINE_FLOATS = 16;

  /** Where a worker's lanes of its first row start in its scratch. */
  static final int LANES_A = LINE_FLOATS;

  /** Where the lanes of its second row start. */
  static final int LANES_B = LINE_FLOATS + FLOATS;

  private final long rowBytes;
  private final float[][] lanes;

  FarRows(long rowBytes, int workers) {
    this.rowBytes = rowBytes;
    this.lanes = new float[workers][LANES_B + FLOATS + LINE_FLOATS];
  }

  @Override
  public final int rowGrain() {
    return 1;
  }

  @Override
  public final void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    MemorySegment data = w.data();
    long base = NativeAddress.of(data);
    int rows = endRow - firstRow;
    for (int pair = 0; pair < FarPairs.ODD.count(rows); pair++) {
      // A row that is its own partner: the same result, written twice.
      int row = firstRow + pair;
      int partner = firstRow + FarPairs.ODD.partner(pair, rows);
      long a = row * rowBytes;
      long b = partner * rowBytes;
      boolean exact = multiplySteps(base + a, base + b, lanes[worker]);
      y[row] = finish(data, a, lanes[worker], LANES_A, exact);
      y[partner] = finish(data, b, lanes[worker], LANES_B, exact);
    }
    Reference.reachabilityFence(w);
  }

  private float finish(MemorySegment w, long row, float[] lanes, int from, boolean exact) {
    return exact
        ? addTail(w, row, stepCols(), VectorMath.sumLanes(lanes, from) * resultScale())
        : addTail(w, row, 0, 0);
  }

  /** A factor on the sum of a row's lanes. */
  float resultScale() {
    return 1;
  }

  /** Columns that the vector loop covers. */
  abstract int stepCols();

  /**
   * Multiplies the first {@link #stepCols} columns of two rows.
   *
   * @param a address of one row
   * @param b address of the other
   * @param lanes receives the rows' lanes from {@link #LANES_A} and {@link #LANES_B}
   * @return false if the vector loop met a number that it cannot widen, and the scalar loop must
   *     take the rows from column 0
   */
  abstract boolean multiplySteps(long a, long b, float[] lanes);

  /** Adds the products of a row from column {@code fromCol} on, one by one. */
  abstract float addTail(MemorySegment w, long row, int fromCol, float sum);
}
