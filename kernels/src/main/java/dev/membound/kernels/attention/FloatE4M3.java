package dev.membound.kernels.attention;

/**
 * The 8-bit float E4M3 of <a href="https://arxiv.org/abs/2209.05433">FP8 Formats for Deep
 * Learning</a>: bias 7, no infinities, largest value 448.
 */
public final class FloatE4M3 {
  public static final float MAX = 448;

  private static final float[] VALUES = new float[256];

  static {
    for (int bits = 0; bits < 256; bits++) {
      int exponent = (bits >> 3) & 15;
      int mantissa = bits & 7;
      float magnitude =
          exponent == 0 ? mantissa * 0x1p-9f : (8 + mantissa) * (float) Math.pow(2, exponent - 10);
      VALUES[bits] = (bits & 0x7F) == 0x7F ? Float.NaN : bits < 128 ? magnitude : -magnitude;
    }
  }

  private FloatE4M3() {}

  public static float toFloat(byte bits) {
    return VALUES[bits & 0xFF];
  }

  /** The nearest E4M3, ties to even; saturates at ±448; NaN stays NaN. */
  public static byte fromFloat(float value) {
    if (Float.isNaN(value)) {
      return 0x7F;
    }
    float magnitude = Math.min(Math.abs(value), MAX);
    int sign = Float.floatToRawIntBits(value) < 0 ? 0x80 : 0;
    int exponent = Math.max(Math.getExponent(magnitude), -6);
    // Steps of 2^(exponent − 3); a carry to 16 steps moves on to the next exponent by itself.
    int steps = (int) Math.rint(magnitude * Math.pow(2, 3 - exponent));
    return (byte) (sign | (((exponent + 6) << 3) + steps));
  }
}
