package dev.membound.kernels.gemv;

/**
 * A power of two that a decoder leaves out, brought by the other factor as far as that does not
 * overflow, and by the result for the rest.
 */
final class SplitPower {
  private static final int LARGEST_EXPONENT = 126;

  private SplitPower() {}

  /** What factors of magnitude up to {@code largest} are multiplied by. */
  static float factor(int exponent, float largest) {
    return Math.scalb(1f, factorExponent(exponent, largest));
  }

  /** What is then still missing on the result. */
  static float rest(int exponent, float largest) {
    return Math.scalb(1f, exponent - factorExponent(exponent, largest));
  }

  private static int factorExponent(int exponent, float largest) {
    return Math.min(exponent, LARGEST_EXPONENT - Math.getExponent(largest));
  }
}
