package dev.membound.model.chart;

/**
 * One axis.
 *
 * @param name what it shows, with its unit
 * @param ticks how tick values are written
 * @param min, max the ends, or null to fit the data
 */
public record Axis(String name, Scale scale, Ticks ticks, Double min, Double max) {
  /**
   * @throws IllegalArgumentException if binary units stand on a decimal logarithmic axis, whose
   *     round values they would not be
   */
  public Axis {
    if (scale == Scale.LOG10 && (ticks == Ticks.BYTES || ticks == Ticks.TOKENS)) {
      throw new IllegalArgumentException(name + ": " + ticks + " need a binary axis");
    }
  }

  /** Spacing of the values; a logarithmic axis shows values above zero only. */
  public enum Scale {
    LINEAR,
    LOG10,
    LOG2
  }

  /** How values are written on the axis. */
  public enum Ticks {
    NUMBER,
    YEAR,
    BYTES,
    TOKENS,
    SECONDS,
    PERCENT
  }

  /** A linear axis fitted to the data. */
  public static Axis linear(String name, Ticks ticks) {
    return new Axis(name, Scale.LINEAR, ticks, null, null);
  }

  /** A decimal logarithmic axis fitted to the data. */
  public static Axis log(String name, Ticks ticks) {
    return new Axis(name, Scale.LOG10, ticks, null, null);
  }

  /** A binary logarithmic axis fitted to the data. */
  public static Axis log2(String name, Ticks ticks) {
    return new Axis(name, Scale.LOG2, ticks, null, null);
  }

  /** The same axis with fixed ends; null leaves an end to the data. */
  public Axis between(Double low, Double high) {
    return new Axis(name, scale, ticks, low, high);
  }
}
