package dev.membound.model.published.validate;

import dev.membound.model.statistics.Quantiles;
import java.util.Arrays;
import java.util.List;

/**
 * How far the predictions of a group are off, in percent.
 *
 * @param biasPercent mean signed error
 * @param coveragePercent share of rows within their 90 % interval
 */
public record GroupSummary(
    String group,
    int rows,
    double meanAbsolutePercent,
    double medianAbsolutePercent,
    double worstAbsolutePercent,
    double biasPercent,
    double coveragePercent) {

  /**
   * Sums up rows.
   *
   * @param rows at least one
   */
  public static GroupSummary of(String group, List<PublishedPrediction> rows) {
    double[] signed = rows.stream().mapToDouble(PublishedPrediction::signedErrorPercent).toArray();
    double[] sizes = Arrays.stream(signed).map(Math::abs).toArray();
    long covered = rows.stream().filter(PublishedPrediction::covered).count();
    return new GroupSummary(
        group,
        rows.size(),
        Arrays.stream(sizes).average().orElseThrow(),
        Quantiles.median(sizes),
        Quantiles.of(sizes, 1),
        Arrays.stream(signed).average().orElseThrow(),
        100.0 * covered / rows.size());
  }
}
