package dev.membound.model.simulate;

/**
 * How far memory and compute time of an operator hide behind each other:
 *
 * <pre>  (m^p + c^p)^(1/p),  p in [1, ∞]</pre>
 *
 * p = 1 is no overlap (the sum), p = ∞ all of it (the maximum, the roofline of Williams, Waterman
 * and Patterson, CACM 2009, DOI 10.1145/1498765.1498785).
 */
public final class OverlapLaw {
  /** Added to 1, it leaves 1. */
  private static final double NO_TRACE = 0x1p-54;

  private OverlapLaw() {}

  /**
   * Time of both together; safe for any sizes because only their ratio is raised to p.
   *
   * @param memorySeconds at least 0
   * @param computeSeconds at least 0
   * @param exponent at least 1, may be infinite
   * @return at least the larger, at most the sum
   * @throws IllegalArgumentException outside those ranges
   */
  public static double seconds(double memorySeconds, double computeSeconds, double exponent) {
    if (!(memorySeconds >= 0 && computeSeconds >= 0 && exponent >= 1)) {
      throw new IllegalArgumentException(
          "needs times >= 0 and an exponent >= 1, got "
              + memorySeconds
              + " s, "
              + computeSeconds
              + " s and "
              + exponent);
    }
    double longer = Math.max(memorySeconds, computeSeconds);
    double shorter = Math.min(memorySeconds, computeSeconds);
    if (shorter == 0 || Double.isInfinite(exponent) || Double.isInfinite(longer)) {
      return longer;
    }
    if (exponent == 1) {
      return longer + shorter;
    }
    double ratio = shorter / longer;
    double square = ratio * ratio;
    // Roots are exact to the last bit on every machine, and faster.
    if (exponent == 2) {
      return longer * Math.sqrt(1 + square);
    }
    if (exponent == 4) {
      return longer * Math.sqrt(Math.sqrt(1 + square * square));
    }
    // Powers by way of logarithms, whose errors end up far below the last bit of a sum that is at
    // least 1; StrictMath gives the same bits on every machine.
    double power = StrictMath.exp(exponent * StrictMath.log(ratio));
    if (power < NO_TRACE) {
      return longer;
    }
    double growth = StrictMath.log(1 + power) / exponent;
    return Math.clamp(longer * StrictMath.exp(growth), longer, longer + shorter);
  }
}
