package dev.membound.model.calibrate;

import dev.membound.model.statistics.Quantiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The compute efficiency of a kernel that a fit has never seen, from its relatives: those of the
 * same family and layout; of the family, if they are fewer than two; of all kernels, if that is not
 * enough either.
 *
 * <p>Efficiency follows the arithmetic intensity: a format of fewer bits brings more weights with
 * every instruction that loads them. Where relatives of three intensities are known, the guess lies
 * on the line of log efficiency over log intensity whose slope is the median of the slopes between
 * pairs (Theil and Sen: Sen, J. Am. Stat. Assoc. 1968, DOI 10.1080/01621459.1968.10480934), which
 * one odd relative cannot turn; else it is their median.
 *
 * @param efficiency share of the peak FLOP/s
 * @param logSpread how uncertain its logarithm is
 */
record EfficiencyGuess(double efficiency, double logSpread) {
  private static final int LEAST_RELATIVES = 2;
  private static final int LEAST_INTENSITIES = 3;
  private static final double LEAST_LOG_SPREAD = 0.25;
  private static final double MOST_SLOPE = 1.5;

  /** Without any relative: nothing is known. */
  private static final EfficiencyGuess BLIND = new EfficiencyGuess(0.3, 1);

  /**
   * Guesses for one row.
   *
   * @param known efficiencies by {@code kernel/format/layout}
   * @param intensities FLOP/B of the same
   */
  static EfficiencyGuess of(
      KernelRow row, Map<String, Double> known, Map<String, Double> intensities) {
    String family = row.family() + "/";
    String layout = row.variant().substring(row.variant().lastIndexOf('/'));
    List<String> relatives = new ArrayList<>();
    for (String variant : known.keySet()) {
      if (variant.startsWith(family) && variant.endsWith(layout)) {
        relatives.add(variant);
      }
    }
    if (relatives.size() < LEAST_RELATIVES) {
      relatives = known.keySet().stream().filter(v -> v.startsWith(family)).toList();
    }
    if (relatives.size() < LEAST_RELATIVES) {
      relatives = List.copyOf(new TreeSet<>(known.keySet()));
    }
    if (relatives.isEmpty()) {
      return BLIND;
    }
    double[] x = logs(relatives, intensities);
    double[] y = logs(relatives, known);
    double slope = slope(x, y);
    double[] offsets = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      offsets[i] = y[i] - slope * x[i];
    }
    double offset = Quantiles.median(offsets);
    double[] deviations = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      deviations[i] = offsets[i] - offset;
    }
    return new EfficiencyGuess(
        StrictMath.exp(offset + slope * StrictMath.log(row.flopsPerByte())),
        relatives.size() < LEAST_RELATIVES
            ? BLIND.logSpread
            : Math.max(LEAST_LOG_SPREAD, Quantiles.robustSigma(deviations)));
  }

  private static double slope(double[] x, double[] y) {
    TreeSet<Double> distinct = new TreeSet<>();
    List<Double> slopes = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      distinct.add(Math.rint(4 * x[i]));
      for (int j = 0; j < i; j++) {
        if (Math.rint(4 * x[i]) != Math.rint(4 * x[j])) {
          slopes.add((y[i] - y[j]) / (x[i] - x[j]));
        }
      }
    }
    if (distinct.size() < LEAST_INTENSITIES) {
      return 0;
    }
    double median = Quantiles.median(slopes.stream().mapToDouble(Double::doubleValue).toArray());
    return Math.clamp(median, -MOST_SLOPE, MOST_SLOPE);
  }

  private static double[] logs(List<String> variants, Map<String, Double> values) {
    return variants.stream().mapToDouble(v -> StrictMath.log(values.get(v))).toArray();
  }
}
