package dev.membound.model.published.fit;

import dev.membound.model.statistics.Quantiles;
import java.util.Collection;

/**
 * Measured over predicted: the range that holds 90 % of left-out rows.
 *
 * @param lowRatio 5 % quantile
 * @param highRatio 95 % quantile
 */
public record ErrorBand(double lowRatio, double highRatio) {

  /**
   * The band of logarithms of measured over predicted. For few rows the quantiles reach outwards by
   * the order statistics of conformal prediction, {@code (n + 1) · 0.95}.
   */
  public static ErrorBand of(double[] logErrors) {
    double n = logErrors.length;
    double tail = Math.min(0.5, Math.max(0, 0.05 * (n + 1) - 1) / Math.max(1, n - 1));
    return new ErrorBand(
        StrictMath.exp(Quantiles.of(logErrors, tail)),
        StrictMath.exp(Quantiles.of(logErrors, 1 - tail)));
  }

  /**
   * The band of rows of a group of which nothing was seen, from logarithms of measured over
   * predicted in other groups. Every group counts once: of its own 5 and 95 % quantiles the band
   * takes those that 90 % of groups stay within, for few groups the outermost.
   */
  public static ErrorBand betweenGroups(Collection<double[]> logErrors) {
    double[] lows = logErrors.stream().mapToDouble(group -> Quantiles.of(group, 0.05)).toArray();
    double[] highs = logErrors.stream().mapToDouble(group -> Quantiles.of(group, 0.95)).toArray();
    return new ErrorBand(of(lows).lowRatio(), of(highs).highRatio());
  }
}
