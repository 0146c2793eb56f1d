package dev.membound.model.published.validate;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.published.ServingEngine;
import dev.membound.model.published.ServingLatency;
import dev.membound.model.published.ServingThroughput;
import dev.membound.model.published.fit.DefaultCalibration;
import dev.membound.model.published.fit.ErrorBand;
import dev.membound.model.published.fit.PowerLimit;
import dev.membound.model.published.fit.ServingValidation;
import dev.membound.model.published.fit.ServingValidation.LeftOut;
import java.util.List;
import java.util.Set;

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
                    "%s, %d requests, %d + %d tokens"
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

  List<PublishedPrediction> throughputs(List<ServingThroughput> rows) {
    DefaultCalibration calibration = new DefaultCalibration(validation.fit(Set.of()));
    ErrorBand band =
        ErrorBand.of(
            leftOut.stream()
                .mapToDouble(
                    out -> StrictMath.log(out.row().secondsPerToken() / out.predictedSeconds()))
                .toArray());
    return rows.stream().map(row -> throughput(row, calibration, band)).toList();
  }

  private static PublishedPrediction throughput(
      ServingThroughput row, DefaultCalibration calibration, ErrorBand band) {
    double clock =
        PowerLimit.clockShare(DeviceCatalogue.find(row.device()), row.powerLimitWatts());
    double predicted =
        calibration.tokensPerSecond(row, new ServingEngine(row.engine(), "any"), clock);
    return new PublishedPrediction(
        row.id(),
        row.source(),
        "tokens/s, %s, %s".formatted(row.source(), row.model()),
        "%d x %d %s at %.0f W, %s, %d + %d tokens"
            .formatted(
                row.copies(),
                row.devices(),
                row.device(),
                row.powerLimitWatts(),
                row.concurrency().isPresent()
                    ? row.concurrency().getAsInt() + " requests a copy"
                    : "as many requests as fit",
                row.promptTokens(),
                row.outputTokens()),
        "tokens/s",
        row.tokensPerSecond(),
        predicted,
        predicted / band.highRatio(),
        predicted / band.lowRatio(),
        PublishedPrediction.Basis.DEFAULT_CALIBRATION,
        "");
  }
}
