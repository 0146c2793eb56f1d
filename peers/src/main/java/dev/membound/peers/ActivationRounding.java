package dev.membound.peers;

/**
 * How a library rounds the activations before it multiplies, and so how far its results may be from
 * the exact ones.
 *
 * @param relative error of an activation relative to itself
 * @param block activations that share an 8-bit scale, rounded to a 127th of the largest of them; 0
 *     for none
 */
public record ActivationRounding(double relative, int block) {
  static final ActivationRounding FLOAT32 = new ActivationRounding(0, 0);
  static final ActivationRounding FLOAT16 = new ActivationRounding(0x1p-11, 0);
  static final ActivationRounding BFLOAT16 = new ActivationRounding(0x1p-8, 0);

  /** Half a step of 8 bits, and a tenth for a reciprocal that is itself rounded. */
  private static final double INT8_STEPS = 0.55 / 127;

  private static final double UNIT_ROUNDOFF = 0x1p-24;

  /** Rounding to 8 bits under a scale that may be binary16. */
  static ActivationRounding int8(int block) {
    return new ActivationRounding(0x1p-10, block);
  }

  /**
   * Largest distance of a result from the exact {@code Σ w·x}, binary32 summation included.
   *
   * @param weights a decoded row
   * @param x as many activations
   */
  public double errorBound(float[] weights, float[] x) {
    double bound = 0;
    double products = 0;
    double scale = 0;
    for (int i = 0; i < weights.length; i++) {
      if (block > 0 && i % block == 0) {
        scale = largest(x, i, Math.min(weights.length, i + block));
      }
      double weight = Math.abs(weights[i]);
      bound += weight * (Math.abs(x[i]) * relative + scale * INT8_STEPS);
      products += weight * Math.abs(x[i]);
    }
    return bound + (weights.length + 64) * UNIT_ROUNDOFF * products;
  }

  private static double largest(float[] x, int from, int to) {
    double largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Math.abs(x[i]));
    }
    return largest;
  }
}
