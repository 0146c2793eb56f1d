package dev.membound.kernels.gemv;

/**
 * F16, widened as {@link HalfWidening} says. A row with an infinite or NaN weight is found by its
 * exponents and computed again by the scalar loop.
 */
abstract class F16Rows extends PairedRows {
  private float resultScale;

  F16Rows(int rowsAtOnce, int cols, int stepCols, int workers) {
    super(rowsAtOnce, cols, stepCols, workers);
  }

  @Override
  final float factor(float[] x, int cols) {
    float largest = VectorMath.largestMagnitude(x, 0, cols);
    resultScale = HalfWidening.resultScale(largest);
    return HalfWidening.factorScale(largest);
  }

  @Override
  final float resultScale() {
    return resultScale;
  }

  @Override
  final float widen(short bits) {
    return Float.float16ToFloat(bits);
  }
}
