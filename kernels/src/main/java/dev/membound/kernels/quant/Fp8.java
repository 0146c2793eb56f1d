package dev.membound.kernels.quant;

/**
 * 8-bit floating point (Micikevicius et al., FP8 Formats for Deep Learning, arXiv 2209.05433).
 *
 * <p>Rounding is to nearest, ties to even; what exceeds the largest finite number becomes that
 * number, a NaN stays one.
 */
enum Fp8 {
  /** Bias 7, no infinity, one NaN of each sign; largest 448. */
  E4M3(3, 7, 0x7E, 0x7F),
  /** Bias 15, infinities and NaNs as in binary16; largest 57344. */
  E5M2(2, 15, 0x7B, 0x7E);

  private static final int SIGN = 0x80;

  private final int mantissaBits;
  private final int bias;
  private final int largest;
  private final int nan;
  private final float[] values = new float[256];

  Fp8(int mantissaBits, int bias, int largest, int nan) {
    this.mantissaBits = mantissaBits;
    this.bias = bias;
    this.largest = largest;
    this.nan = nan;
    for (int bits = 0; bits < SIGN; bits++) {
      values[bits] = magnitude(bits);
      values[bits | SIGN] = -values[bits];
    }
  }

  private float magnitude(int bits) {
    if (bits > largest) {
      boolean infinite = (bits & (1 << mantissaBits) - 1) == 0;
      return infinite ? Float.POSITIVE_INFINITY : Float.NaN;
    }
    int exponent = bits >>> mantissaBits;
    int mantissa = bits & (1 << mantissaBits) - 1;
    return exponent == 0
        ? Math.scalb((float) mantissa, 1 - bias - mantissaBits)
        : Math.scalb((float) (mantissa | 1 << mantissaBits), exponent - bias - mantissaBits);
  }

  /** The value of a byte, 0 to 255. */
  float toFloat(int bits) {
    return values[bits];
  }

  /** The largest finite number. */
  float largest() {
    return values[largest];
  }

  /** The byte nearest to a value. */
  int fromFloat(float value) {
    if (Float.isNaN(value)) {
      return nan;
    }
    int sign = Float.floatToRawIntBits(value) >>> 31 << 7;
    double magnitude = Math.min(Math.abs(value), largest());
    int exponent = Math.max(Math.getExponent(magnitude), 1 - bias);
    int steps = (int) Math.rint(Math.scalb(magnitude, mantissaBits - exponent));
    // A carry into the next power of two, and numbers below the first, need no case of their own.
    return sign | (exponent + bias << mantissaBits) + steps - (1 << mantissaBits);
  }
}
