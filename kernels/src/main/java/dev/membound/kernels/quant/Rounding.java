package dev.membound.kernels.quant;

/** How encoders turn quotients into codes. */
final class Rounding {
  private Rounding() {}

  /** C's {@code roundf}. */
  static int halfAway(float value) {
    int magnitude = (int) (Math.abs((double) value) + 0.5);
    return value < 0 ? -magnitude : magnitude;
  }

  /** The code nearest to {@code value} between {@code least} and {@code most}. */
  static int code(float value, int least, int most) {
    return Math.clamp(halfAway(value), least, most);
  }

  /** {@code 1/value}; 0 for a zero, so that a block of zeros gets the codes of zeros. */
  static float inverse(float value) {
    return value == 0 ? 0 : 1 / value;
  }

  /** The weight of largest magnitude, with its sign; the first of equals. */
  static float extreme(float[] weights, int from, int count) {
    float extreme = 0;
    for (int i = from; i < from + count; i++) {
      if (Math.abs(weights[i]) > Math.abs(extreme)) {
        extreme = weights[i];
      }
    }
    return extreme;
  }
}
