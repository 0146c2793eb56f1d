package dev.membound.model.run;

import java.util.List;

/**
 * {@code validation.json}: predictions of what the fit never saw.
 *
 * @param rows one a held-out measurement and fold
 * @param summaries one a kind of holding out, and one over all rows
 */
public record ValidationFile(
    int schemaVersion, String runId, List<Row> rows, List<Summary> summaries) {

  public ValidationFile {
    Checks.text(runId, "runId");
    rows = Checks.list(rows, "rows");
    summaries = Checks.list(summaries, "summaries");
  }

  /**
   * One held-out measurement, in seconds a call.
   *
   * @param heldOut what the fold left out, for instance {@code kernel: gemv/Q4_0} or {@code size:
   *     14336x4096}
   * @param kind {@code kernel}, {@code kernel-dram} or {@code size}; see {@code CrossValidation}
   * @param measurement id of the measurement predicted
   * @param measured median seconds a call
   * @param predicted seconds a call
   * @param low lower end of the 90 % prediction interval
   * @param high upper end of the 90 % prediction interval
   * @param signedErrorPercent 100 × (predicted / measured − 1)
   */
  public record Row(
      String heldOut,
      String kind,
      String measurement,
      double measured,
      double predicted,
      double low,
      double high,
      double signedErrorPercent) {

    public Row {
      Checks.text(heldOut, "heldOut");
      Checks.text(kind, "kind");
      Checks.text(measurement, "measurement");
      Checks.positive(measured, "measured");
      Checks.positive(predicted, "predicted");
      Checks.notNan(low, "low");
      Checks.notNan(high, "high");
      Checks.finite(signedErrorPercent, "signedErrorPercent");
    }

    /** Whether the interval contains the measured value. */
    public boolean covers() {
      return low <= measured && measured <= high;
    }
  }

  /**
   * Errors of a group of rows.
   *
   * @param kind of the rows, or {@code all}
   * @param medianAbsolutePercent median of |signed error|
   * @param biasPercent mean of the signed errors
   * @param coveragePercent share of rows whose 90 % interval contains the measured value
   */
  public record Summary(
      String kind,
      int rows,
      double medianAbsolutePercent,
      double meanAbsolutePercent,
      double worstAbsolutePercent,
      double biasPercent,
      double coveragePercent) {

    public Summary {
      Checks.text(kind, "kind");
      Checks.positive(rows, "rows");
      Checks.finite(medianAbsolutePercent, "medianAbsolutePercent");
      Checks.finite(meanAbsolutePercent, "meanAbsolutePercent");
      Checks.finite(worstAbsolutePercent, "worstAbsolutePercent");
      Checks.finite(biasPercent, "biasPercent");
      Checks.within(coveragePercent, 0, 100, "coveragePercent");
    }
  }
}
