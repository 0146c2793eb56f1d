package dev.membound.kernels.gemv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * F16 in GGUF order, but for the loop over steps: an int lane holds two weights, widened as {@link
 * HalfWidening} says. A row with an infinite or NaN weight is found by its exponents and computed
 * again by the scalar loop.
 */
abstract class F16Rows extends FarRows {
  private static final ValueLayout.OfShort WEIGHT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int cols;
  private final int stepCols;
  private final int steps;
  private final float[] pairs;
  private float[] x;
  private float resultScale;

  /**
   * @param stepCols columns that {@link #dot} takes a step
   */
  F16Rows(int rowsAtOnce, int cols, int stepCols, int workers) {
    super(rowsAtOnce, (long) cols * Short.BYTES, workers);
    this.cols = cols;
    this.stepCols = stepCols;
    this.steps = cols / stepCols;
    this.pairs = new float[cols];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.FLOAT;
  }

  @Override
  public void prepare(float[] x) {
    this.x = x;
    float largest = VectorMath.largestMagnitude(x, 0, cols);
    PairedActivations.reorder(x, HalfWidening.factorScale(largest), pairs);
    resultScale = HalfWidening.resultScale(largest);
  }

  @Override
  float resultScale() {
    return resultScale;
  }

  @Override
  int stepCols() {
    return steps * stepCols;
  }

  @Override
  boolean multiplySteps(long first, long distance, float[] lanes) {
    int carries = dot(first, distance, (long) stepCols * Short.BYTES, steps, pairs, lanes);
    return (carries & HalfWidening.SIGNS) == 0;
  }

  @Override
  float addTail(MemorySegment w, long row, int fromCol, float sum) {
    float total = sum;
    for (int c = fromCol; c < cols; c++) {
      long at = row + (long) c * Short.BYTES;
      total = Math.fma(Float.float16ToFloat(w.get(WEIGHT, at)), x[c], total);
    }
    return total;
  }

  /**
   * Multiplies whole steps of the rows.
   *
   * @param stride bytes of a step
   * @param x activations in pairs: even columns of a vector, then odd ones
   * @param lanes receives the rows' sums, as {@link #multiplySteps} says
   * @return the union of the exponents' carries: {@link HalfWidening#SIGNS} of it is not 0 if a
   *     weight is not finite
   */
  abstract int dot(long first, long distance, long stride, int steps, float[] x, float[] lanes);
}
