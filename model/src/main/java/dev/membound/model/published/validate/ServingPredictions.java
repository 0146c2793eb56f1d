package dev.membound.model.published.validate;

import dev.membound.model.published.PublishedResults;
import dev.membound.model.published.ServingLatency;
import dev.membound.model.published.ServingThroughput;
import dev.membound.model.published.fit.DefaultCalibration;
import dev.membound.model.published.fit.ErrorBand;
import dev.membound.model.published.fit.ServingValidation;
import dev.membound.model.published.fit.ServingValidation.LeftOut;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * Serving: latencies predicted without their group, throughputs by the default calibration, which
 * has seen all latencies and no throughput.
 */
final class ServingPredictions {
  private final ServingValidation validation;
  private final List<LeftOut> leftOut;

  ServingPredictions(List<ServingLatency> calibration) {
    validation = new ServingValidation(calibration);
    leftOut = validation.leaveOneGroupOut();
  }

  List<PublishedPrediction> latencies() {
    return leftOut.stream()
        .map(
            out ->
                new PublishedPrediction(
                    out.row().id(),
                    out.row().source(),
                    "TPOT, " + out.row().group(),
                    "%s, %d x (%d + %d)"
                        .formatted(
                            out.row().engine(),
                            out.row().concurrency(),
                            out.row().promptTokens(),
                            out.row().outputTokens()),
                    "s",
                    out.row().secondsPerToken(),
                    out.predictedSeconds(),
                    out.lowSeconds(),
                    out.highSeconds(),
                    PublishedPrediction.Basis.GROUP_LEFT_OUT,
                    ""))
        .toList();
  }

  /** In order; the interval of a row has seen no row of its group. */
  List<PublishedPrediction> throughputs(List<ServingThroughput> rows) {
    DefaultCalibration dense = DefaultCalibration.of(validation.fit(Set.of()));
    Optional<ServingThroughput> experts =
        rows.stream()
            .filter(row -> row.id().equals(PublishedResults.EXPERTS_CALIBRATION_ROW))
            .findFirst();
    DefaultCalibration calibration = experts.map(dense::withExpertsOf).orElse(dense);
    double[] latencyErrors =
        leftOut.stream()
            .mapToDouble(
                out -> StrictMath.log(out.row().secondsPerToken() / out.predictedSeconds()))
            .toArray();
    Map<ServingThroughput, Double> logErrors = new LinkedHashMap<>();
    for (ServingThroughput row : rows) {
      // Of the time, as those of the latencies.
      logErrors.put(row, StrictMath.log(calibration.tokensPerSecond(row) / row.tokensPerSecond()));
    }
    return rows.stream()
        .map(row -> throughput(row, calibration, band(row, logErrors, latencyErrors)))
        .toList();
  }

  /** The spread of latencies and of the throughputs of all other groups. */
  private static ErrorBand band(
      ServingThroughput row, Map<ServingThroughput, Double> logErrors, double[] latencyErrors) {
    DoubleStream others =
        logErrors.entrySet().stream()
            .filter(entry -> !group(entry.getKey()).equals(group(row)))
            .mapToDouble(Map.Entry::getValue);
    return ErrorBand.of(DoubleStream.concat(Arrays.stream(latencyErrors), others).toArray());
  }

  private static String group(ServingThroughput row) {
    return "tokens/s, %s, %s".formatted(row.source(), row.model());
  }

  private static PublishedPrediction throughput(
      ServingThroughput row, DefaultCalibration calibration, ErrorBand band) {
    double predicted = calibration.tokensPerSecond(row);
    return new PublishedPrediction(
        row.id(),
        row.source(),
        group(row),
        "%d x %d %s %.0f W, %s x (%d + %d)"
            .formatted(
                row.copies(),
                row.devices(),
                row.device(),
                row.powerLimitWatts(),
                row.concurrency().isPresent()
                    ? Integer.toString(row.concurrency().getAsInt())
                    : "max",
                row.promptTokens(),
                row.outputTokens()),
        "tokens/s",
        row.tokensPerSecond(),
        predicted,
        predicted / band.highRatio(),
        predicted / band.lowRatio(),
        row.id().equals(PublishedResults.EXPERTS_CALIBRATION_ROW)
            ? PublishedPrediction.Basis.FITTED_TO_IT
            : PublishedPrediction.Basis.DEFAULT_CALIBRATION,
        "");
  }
}
