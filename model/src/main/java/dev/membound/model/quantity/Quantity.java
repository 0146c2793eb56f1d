package dev.membound.model.quantity;

import java.util.Objects;

/**
 * A physical value with its unit, its interval and what stands behind it.
 *
 * @param value the best estimate, finite
 * @param unit SI unit, for instance {@code B/s}, {@code FLOP/s}, {@code s}, {@code J/B}, {@code B};
 *     {@code 1} for a ratio
 * @param low lower end of the 90 % interval, at most {@code value}
 * @param high upper end of the 90 % interval, at least {@code value}
 * @param provenance what stands behind the value
 * @param source where it was read, or which fit gave it; never blank
 */
public record Quantity(
    double value, String unit, double low, double high, Provenance provenance, String source) {

  public Quantity {
    Objects.requireNonNull(unit, "unit");
    Objects.requireNonNull(provenance, "provenance");
    if (source == null || source.isBlank()) {
      throw new IllegalArgumentException("a quantity needs a source: " + value + " " + unit);
    }
    if (!(Double.isFinite(value) && low <= value && value <= high)) {
      throw new IllegalArgumentException(
          "value " + value + " " + unit + " must be finite and within [" + low + ", " + high + "]");
    }
  }

  /** A value taken as exact: its interval has no width. */
  public static Quantity exact(double value, String unit, Provenance provenance, String source) {
    return new Quantity(value, unit, value, value, provenance, source);
  }

  /** This best estimate, taken as exact. */
  public Quantity withoutInterval() {
    return exact(value, unit, provenance, source);
  }

  /** Several of the same together, {@code count} at least 1. */
  public Quantity times(int count) {
    return new Quantity(value * count, unit, low * count, high * count, provenance, source);
  }

  /** {@code value} in this unit in the place of this one, for a limit that nothing reaches. */
  public Quantity idealised(double value) {
    return exact(value, unit, Provenance.ASSUMED, "the ideal limit");
  }
}
