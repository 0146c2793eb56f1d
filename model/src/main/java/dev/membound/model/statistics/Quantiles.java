package dev.membound.model.statistics;

import java.util.Arrays;

/**
 * Sample quantiles with linear interpolation between order statistics (type 7 of Hyndman and Fan,
 * "Sample Quantiles in Statistical Packages", 1996).
 */
public final class Quantiles {
  private Quantiles() {}

  /**
   * The {@code probability} quantile.
   *
   * @param values at least one, none NaN; not modified
   * @param probability 0 to 1
   */
  public static double of(double[] values, double probability) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return ofSorted(sorted, probability);
  }

  /** The median of at least one value. */
  public static double median(double[] values) {
    return of(values, 0.5);
  }

  /**
   * Median absolute deviation from zero, scaled so that it estimates the standard deviation of
   * normal residuals.
   */
  public static double robustSigma(double[] residuals) {
    double[] absolute = residuals.clone();
    for (int i = 0; i < absolute.length; i++) {
      absolute[i] = Math.abs(absolute[i]);
    }
    return median(absolute) / 0.6744897501960817;
  }

  /** As {@link #of}, for values in ascending order. */
  public static double ofSorted(double[] sorted, double probability) {
    if (sorted.length == 0 || !(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "quantile " + probability + " of " + sorted.length + " values is not defined");
    }
    double position = probability * (sorted.length - 1);
    int below = (int) position;
    if (below + 1 >= sorted.length) {
      return sorted[sorted.length - 1];
    }
    return sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]);
  }
}
