package dev.membound.model.simulate;

/**
 * How far memory time and compute time of one operator overlap: {@code (memory^p +
 * compute^p)^(1/p)}, which lies between max (perfect overlap, p → ∞) and the sum (none, p = 1).
 *
 * @param exponent p, at least 1; {@link Double#POSITIVE_INFINITY} for perfect overlap
 */
public record OverlapLaw(double exponent) {
  public OverlapLaw {
    if (!(exponent >= 1)) {
      throw new IllegalArgumentException("overlap exponent must be at least 1, got " + exponent);
    }
  }

  /** Seconds of an operator that needs this much of each, both at least 0. */
  public double combine(double memorySeconds, double computeSeconds) {
    double longer = Math.max(memorySeconds, computeSeconds);
    double shorter = Math.min(memorySeconds, computeSeconds);
    if (shorter == 0 || Double.isInfinite(exponent)) {
      return longer;
    }
    return longer * StrictMath.pow(1 + StrictMath.pow(shorter / longer, exponent), 1 / exponent);
  }
}
