package dev.membound.model.published.validate;

import dev.membound.model.published.fit.ErrorBand;

/**
 * A published result and its prediction.
 *
 * @param group rows that are summed up together
 * @param what was measured, for people
 * @param unit SI: {@code s}, {@code tokens/s}, {@code W}, {@code J}, {@code 1/J}
 * @param predicted best estimate
 * @param low, high ends of the 90 % interval
 * @param basis what the prediction has seen
 * @param bottleneck of kernels: {@code memory}, {@code compute} or {@code startup}; else empty
 */
public record PublishedPrediction(
    String id,
    String source,
    String group,
    String what,
    String unit,
    double published,
    double predicted,
    double low,
    double high,
    Basis basis,
    String bottleneck) {

  /** What a prediction has seen of the published results. */
  public enum Basis {
    /** A fit to the same kernel at other shapes. */
    SHAPE_LEFT_OUT("shape left out"),
    /** A fit to other models, systems and precisions. */
    GROUP_LEFT_OUT("group left out"),
    /** The default calibration: a fit to latencies of serving, none of them from its source. */
    DEFAULT_CALIBRATION("default fit"),
    /** The row sets a parameter: its error says nothing. */
    FITTED_TO_IT("fitted to it"),
    /** Data sheet and catalogue alone. */
    CATALOGUE("catalogue");

    private final String text;

    Basis(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Predicted over published, minus 1, in percent. */
  public double signedErrorPercent() {
    return 100 * (predicted / published - 1);
  }

  /** The same with an interval that reaches as far as a band of measured over predicted. */
  PublishedPrediction widenedTo(ErrorBand band) {
    return new PublishedPrediction(
        id,
        source,
        group,
        what,
        unit,
        published,
        predicted,
        Math.min(low, predicted * band.lowRatio()),
        Math.max(high, predicted * band.highRatio()),
        basis,
        bottleneck);
  }

  /** Whether the interval holds the published value. */
  public boolean covered() {
    return low <= published && published <= high;
  }
}
