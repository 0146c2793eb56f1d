package dev.membound.kernels.gemv;

/**
 * Constants to add the two signed 16-bit halves of an int lane and make a float of the sum in four
 * instructions that are not shifts but for one: {@code (v & LOWER) ^ BIASED} is the float {@code
 * 2²³ + 2¹⁶ + 2¹⁵ + lower half} (its mantissa counts units), to which the upper half, {@code v >>
 * 16}, is added as an integer; {@code − BIAS} leaves the sum, exactly. A conversion needs three
 * shifts: both halves have to be brought to the lower end with their signs.
 */
final class LaneSums {
  static final int LOWER = 0xFFFF;
  static final float BIAS = 0x1p23f + 0x1p16f + 0x1p15f;
  static final int BIASED = Float.floatToRawIntBits(BIAS);

  private LaneSums() {}
}
