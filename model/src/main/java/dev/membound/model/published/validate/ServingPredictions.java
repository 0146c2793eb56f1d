package dev.membound.model.published.validate;

import dev.membound.model.published.PowerReading;
import dev.membound.model.published.PublishedResults;
import dev.membound.model.published.ServingLatency;
import dev.membound.model.published.ServingThroughput;
import dev.membound.model.published.Uncovered;
import dev.membound.model.published.fit.CappedServing;
import dev.membound.model.published.fit.DefaultCalibration;
import dev.membound.model.published.fit.ErrorBand;
import dev.membound.model.published.fit.ServingValidation;
import dev.membound.model.published.fit.ServingValidation.LeftOut;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Serving: latencies predicted without their group; throughputs, power and energy by the default
 * calibration, which has seen all latencies and no throughput.
 */
final class ServingPredictions {
  private final List<LeftOut> leftOut;

  /** Devices that the calibration has seen. */
  private final Set<String> devices;

  private final Map<ServingThroughput, CappedServing> served = new LinkedHashMap<>();

  /** Errors of the catalogue on devices that the calibration has not seen. */
  private final GroupErrors unseen;

  ServingPredictions(
      List<ServingLatency> latencies, List<ServingThroughput> throughputs, GroupErrors unseen) {
    ServingValidation validation = new ServingValidation(latencies);
    leftOut = validation.leaveOneGroupOut();
    devices = latencies.stream().map(ServingLatency::device).collect(Collectors.toSet());
    this.unseen = unseen;
    DefaultCalibration dense = DefaultCalibration.of(validation.fit(Set.of()));
    DefaultCalibration calibration =
        throughputs.stream()
            .filter(row -> row.id().equals(PublishedResults.EXPERTS_CALIBRATION_ROW))
            .findFirst()
            .map(dense::withExpertsOf)
            .orElse(dense);
    for (ServingThroughput row : throughputs) {
      served.put(row, calibration.serve(row));
    }
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
  List<PublishedPrediction> throughputs() {
    return served.keySet().stream().map(this::throughput).toList();
  }

  /**
   * Power and energy under the load of a throughput row: that of the most tokens a second on the
   * same system.
   */
  void powers(
      List<PowerReading> readings,
      List<PublishedPrediction> predictions,
      List<Uncovered> uncovered) {
    for (PowerReading reading : readings) {
      served.keySet().stream()
          .filter(row -> sameSystem(row, reading))
          .max(Comparator.comparingDouble(ServingThroughput::tokensPerSecond))
          .ifPresentOrElse(
              row -> predictions.add(power(reading, row)),
              () -> uncovered.add(withoutLoad(reading)));
    }
  }

  private static boolean sameSystem(ServingThroughput row, PowerReading reading) {
    return row.device().equals(reading.device())
        && row.devices() * row.copies() == reading.devices()
        && row.model().equals(reading.model())
        && row.powerLimitWatts() == reading.powerLimitWatts();
  }

  private static Uncovered withoutLoad(PowerReading reading) {
    return new Uncovered(
        reading.id(),
        reading.source(),
        "%d x %s at %.0f W"
            .formatted(reading.devices(), reading.device(), reading.powerLimitWatts()),
        reading.model(),
        reading.quantity().key(),
        Double.toString(reading.value()),
        reading.quantity().unit(),
        "the load is unknown: no throughput is published of this model and system");
  }

  private PublishedPrediction power(PowerReading reading, ServingThroughput row) {
    CappedServing serving = served.get(row);
    double predicted = serving.value(reading.quantity());
    ErrorBand band = serving.band(reading.quantity(), band(row));
    return new PublishedPrediction(
        reading.id(),
        reading.source(),
        "power and energy, %s, %s".formatted(reading.source(), reading.model()),
        "%s of %d x %s at %.0f W"
            .formatted(
                reading.quantity().key(),
                reading.devices(),
                reading.device(),
                reading.powerLimitWatts()),
        reading.quantity().unit(),
        reading.value(),
        predicted,
        predicted * band.lowRatio(),
        predicted * band.highRatio(),
        PublishedResults.POWER_CALIBRATION_ROWS.contains(reading.id())
            ? PublishedPrediction.Basis.FITTED_TO_IT
            : PublishedPrediction.Basis.DEFAULT_CALIBRATION,
        "");
  }

  /**
   * Measured over predicted time: the spread of other groups, of throughputs on devices that the
   * calibration has seen, of whatever the catalogue alone predicts on others.
   */
  private ErrorBand band(ServingThroughput row) {
    return (devices.contains(row.device()) ? seen() : unseen.with(notSeen())).without(group(row));
  }

  /** Errors of throughputs on devices that the calibration has seen. */
  private GroupErrors seen() {
    return errors(true);
  }

  /** Errors of throughputs on devices that it has not seen. */
  GroupErrors notSeen() {
    return errors(false);
  }

  private GroupErrors errors(boolean seen) {
    GroupErrors errors = new GroupErrors();
    served.forEach(
        (row, serving) -> {
          if (devices.contains(row.device()) == seen) {
            errors.add(
                group(row), StrictMath.log(serving.tokensPerSecond() / row.tokensPerSecond()));
          }
        });
    return errors;
  }

  private static String group(ServingThroughput row) {
    return "tokens/s, %s, %s".formatted(row.source(), row.model());
  }

  private PublishedPrediction throughput(ServingThroughput row) {
    double predicted = served.get(row).tokensPerSecond();
    ErrorBand band = band(row);
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
        fitted(row.id())
            ? PublishedPrediction.Basis.FITTED_TO_IT
            : PublishedPrediction.Basis.DEFAULT_CALIBRATION,
        "");
  }

  private static boolean fitted(String id) {
    return id.equals(PublishedResults.EXPERTS_CALIBRATION_ROW)
        || PublishedResults.POWER_CALIBRATION_ROWS.contains(id);
  }
}
