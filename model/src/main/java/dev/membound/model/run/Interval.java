package dev.membound.model.run;

/**
 * A median with the 90 % interval around it, both in the unit that the field's name gives.
 *
 * @param low lower end, at most {@code median}
 * @param high upper end, at least {@code median}
 */
public record Interval(double median, double low, double high) {
  public Interval {
    Checks.finite(median, "median");
    if (!(low <= median && median <= high)) {
      throw new IllegalArgumentException(
          "interval must satisfy low <= median <= high, got " + low + ", " + median + ", " + high);
    }
  }
}
