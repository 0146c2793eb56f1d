package dev.membound.model.quantity;

import org.apache.commons.math3.special.Erf;

/**
 * One possible world: a value for every {@link Quantity}. The simulator runs once with {@link
 * #best()} for its prediction and many times with {@link #sample} for the interval.
 */
@FunctionalInterface
public interface Draw {

  /** Standard normal deviate that cuts off 5 %: what a 90 % interval ends at. */
  double Z90 = 1.6448536269514722;

  /** Value of {@code quantity} in this world, in the quantity's own unit. */
  double of(Quantity quantity);

  /** The world in which every quantity has its best estimate. */
  static Draw best() {
    return Quantity::value;
  }

  /**
   * World number {@code index}. A quantity with an interval of width follows a two-piece normal
   * distribution around its best estimate, in log space where the interval is positive, such that 5
   * % and 95 % quantiles are the ends of the interval. Quantities of the same unit from the same
   * source err together; all others are independent. Equal arguments give equal worlds on every
   * machine, so systems are compared under common random numbers.
   */
  static Draw sample(long seed, int index) {
    return quantity -> {
      if (quantity.low() == quantity.high()) {
        return quantity.value();
      }
      return at(quantity, standardNormal(seed, index, quantity));
    };
  }

  private static double at(Quantity q, double z) {
    double end = z < 0 ? q.low() : q.high();
    double share = Math.abs(z) / Z90;
    if (Double.isInfinite(end)) {
      // An open end: the reciprocal falls linearly to 1/∞ = 0 at the end of the interval.
      double reciprocal = (1 - share) / q.value();
      return reciprocal <= 0 ? end : 1 / reciprocal;
    }
    if (q.low() > 0) {
      return q.value() * StrictMath.pow(end / q.value(), share);
    }
    double linear = q.value() + (end - q.value()) * share;
    return q.low() >= 0 ? Math.max(0, linear) : linear;
  }

  private static double standardNormal(long seed, int index, Quantity q) {
    long identity = 31L * q.source().hashCode() + q.unit().hashCode();
    long bits = mix(mix(seed + 0x9E3779B97F4A7C15L * (index + 1)) ^ mix(identity));
    double uniform = ((bits >>> 11) + 0.5) * 0x1p-53;
    return StrictMath.sqrt(2) * Erf.erfInv(2 * uniform - 1);
  }

  /** Finaliser of SplitMix64: Steele, Lea, Flood, OOPSLA 2014, DOI 10.1145/2660193.2660195. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
