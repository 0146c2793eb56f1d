package dev.membound.kernels.gemv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Floats of 16 bits in GGUF order, but for the loop over steps: an int lane holds two weights, of
 * an even column and the odd one after it.
 */
abstract class PairedRows extends FarRows {
  /** Rows that share activations where these outgrow the first-level cache. */
  static final int MANY_ROWS = 12;

  /**
   * Up to here, float activations and two rows (8 bytes a column) leave room in a first-level cache
   * of 32 KiB.
   */
  static final int SHORT_COLS = 3072;

  private static final ValueLayout.OfShort WEIGHT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int cols;
  private final int stepCols;
  private final int steps;
  private final float[] pairs;
  private float[] x;

  /**
   * @param stepCols columns that {@link #dot} takes a step
   */
  PairedRows(int rowsAtOnce, int cols, int stepCols, int workers) {
    super(rowsAtOnce, (long) cols * Short.BYTES, workers);
    this.cols = cols;
    this.stepCols = stepCols;
    this.steps = cols / stepCols;
    this.pairs = new float[cols];
  }

  @Override
  public final ActivationPath activationPath() {
    return ActivationPath.FLOAT;
  }

  @Override
  public final void prepare(float[] x) {
    this.x = x;
    PairedActivations.reorder(x, factor(x, cols), pairs);
  }

  @Override
  final int stepCols() {
    return steps * stepCols;
  }

  @Override
  final boolean multiplySteps(long first, long distance, float[] lanes) {
    return dot(first, distance, (long) stepCols * Short.BYTES, steps, pairs, lanes);
  }

  @Override
  final float addTail(MemorySegment w, long row, int fromCol, float sum) {
    float total = sum;
    for (int c = fromCol; c < cols; c++) {
      total = Math.fma(widen(w.get(WEIGHT, row + (long) c * Short.BYTES)), x[c], total);
    }
    return total;
  }

  /** What {@link #dot} needs the first {@code cols} of the activations multiplied by. */
  abstract float factor(float[] x, int cols);

  /** The weight of these bits. */
  abstract float widen(short bits);

  /**
   * Multiplies whole steps of the rows.
   *
   * @param stride bytes of a step
   * @param x activations in pairs: even columns of a vector, then odd ones
   * @param lanes receives the rows' sums
   * @return as {@link #multiplySteps}
   */
  abstract boolean dot(long first, long distance, long stride, int steps, float[] x, float[] lanes);
}
