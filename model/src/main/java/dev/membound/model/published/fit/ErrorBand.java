package dev.membound.model.published.fit;

import dev.membound.model.statistics.Quantiles;

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
}
