package dev.membound.kernels.gemv;

/** BF16, the upper half of an F32: widened by a shift and by a mask. */
abstract class BF16Rows extends PairedRows {
  /** The odd column's weight of an int lane. */
  static final int UPPER = 0xFFFF_0000;

  BF16Rows(int rowsAtOnce, int cols, int stepCols, int workers) {
    super(rowsAtOnce, cols, stepCols, workers);
  }

  @Override
  final float factor(float[] x, int cols) {
    return 1;
  }

  @Override
  final float widen(short bits) {
    return Float.intBitsToFloat(bits << Short.SIZE);
  }
}
