package dev.membound.model.published.fit;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.published.AttentionKernel;
import dev.membound.model.published.KernelTiming;
import dev.membound.model.published.ServingLatency;
import dev.membound.model.published.TimingRows;
import dev.membound.model.published.fit.FittedParameter.Section;
import dev.membound.model.statistics.Quantiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Fits a device of the catalogue to timings of kernels or of serving. Intervals of parameters are
 * those of the jackknife over parts that are left out together (Tukey 1958; Efron and Tibshirani,
 * An Introduction to the Bootstrap, 1993, chapter 11); the model error is the spread of what the
 * fits say about the part that they did not see.
 */
public final class DeviceCalibration {
  private static final double Z90 = 1.6448536269514722;
  private static final int LEAST_PARTS = 3;

  private DeviceCalibration() {}

  /**
   * Calibrates one device.
   *
   * @param name of the result
   * @param rows of one device, kernels or serving
   * @param source of the rows, for people
   * @throws IllegalArgumentException for rows of several devices or too few to leave any out
   */
  public static CalibratedDevice of(String name, TimingRows rows, String source) {
    if (rows.devices().size() != 1) {
      throw new IllegalArgumentException(
          "a calibration is of one device; the rows have " + rows.devices());
    }
    DeviceProfile base = DeviceCatalogue.find(rows.devices().getFirst());
    return rows.serving().isEmpty()
        ? kernels(name, base, rows.kernels(), source)
        : serving(name, base, rows.serving(), source);
  }

  private static CalibratedDevice serving(
      String name, DeviceProfile base, List<ServingLatency> rows, String source) {
    Map<ServingLatency, ServingWork> works = new IdentityHashMap<>();
    rows.forEach(row -> works.put(row, ServingWork.of(row)));
    Function<ServingLatency, String> part =
        part(
            rows,
            List.of(
                ServingLatency::group,
                row -> row.promptTokens() + "+" + row.outputTokens(),
                ServingLatency::id));
    List<String> parts = rows.stream().map(part).distinct().toList();
    ServingFit fit = ServingFit.of(rows, works::get);
    List<ServingFit> without =
        parts.stream()
            .map(
                left ->
                    ServingFit.of(
                        rows.stream().filter(row -> !part.apply(row).equals(left)).toList(),
                        works::get))
            .toList();
    double[] errors =
        rows.stream()
            .mapToDouble(
                row ->
                    StrictMath.log(
                        row.secondsPerToken()
                            / without
                                .get(parts.indexOf(part.apply(row)))
                                .secondsPerToken(works.get(row), row.engine())))
            .toArray();
    double median =
        Quantiles.median(rows.stream().mapToDouble(row -> works.get(row).batch()).toArray());
    ServingLatency typical = rows.getFirst();
    double operators = works.get(typical).operators();
    ToDoubleFunction<ServingFit> startup =
        f ->
            1e6
                * (f.hardware().startupSeconds()
                    + (f.engine(typical.engine()).stepSeconds()
                            + median * f.engine(typical.engine()).requestSeconds())
                        / operators);
    Jackknife<ServingFit> jackknife = new Jackknife<>(fit, without);
    List<FittedParameter> parameters = new ArrayList<>();
    parameters.add(
        jackknife.parameter(
            Section.ENGINE,
            "streaming_efficiency_ratio",
            f -> f.hardware().streamingEfficiency(),
            1,
            fit.identifiable(HardwareParameter.STREAMING_EFFICIENCY)));
    parameters.add(jackknife.parameter(Section.ENGINE, "startup_us", startup, 1e9, true));
    parameters.add(
        jackknife.parameter(
            Section.EFFICIENCY,
            "gemv_ratio",
            f -> f.hardware().decodeEfficiency(),
            1,
            fit.identifiable(HardwareParameter.DECODE_EFFICIENCY)));
    parameters.add(
        jackknife.parameter(
            Section.EFFICIENCY,
            "gemm_ratio",
            f -> f.hardware().prefillEfficiency(),
            1,
            fit.identifiable(HardwareParameter.PREFILL_EFFICIENCY)));
    parameters.add(
        jackknife.parameter(
            Section.EFFICIENCY,
            "attention_ratio",
            f -> f.hardware().attentionEfficiency(),
            1,
            fit.identifiable(HardwareParameter.ATTENTION_EFFICIENCY)));
    base.link()
        .ifPresent(
            link -> {
              parameters.add(
                  jackknife.parameter(
                      Section.LINK,
                      "latency_us",
                      f -> 1e6 * f.hardware().linkLatencyFactor() * link.latencySeconds().value(),
                      1e9,
                      fit.identifiable(HardwareParameter.LINK_LATENCY)));
              parameters.add(
                  jackknife.parameter(
                      Section.LINK,
                      "bandwidth_GBps",
                      f -> 1e-9 * f.hardware().linkEfficiency() * link.bytesPerSecond().value(),
                      1e9,
                      fit.identifiable(HardwareParameter.LINK_EFFICIENCY)));
            });
    parameters.add(modelError(errors));
    return new CalibratedDevice(
        name,
        base,
        rows.getFirst().device(),
        source,
        rows.size(),
        parts.size(),
        parameters,
        meanAbsolutePercent(errors),
        List.of(
            String.format(
                Locale.ROOT,
                "Start-ups hold the time of %s beside the operators, as at %.0f requests.",
                typical.engine(),
                median),
            "A decode step holds no prompts of other requests."));
  }

  private static CalibratedDevice kernels(
      String name, DeviceProfile base, List<KernelTiming> rows, String source) {
    AttentionKernel kernel = rows.getFirst().kernel();
    List<KernelTiming> own = rows.stream().filter(row -> row.kernel() == kernel).toList();
    Function<KernelTiming, String> part = part(own, List.of(KernelTiming::shape, KernelTiming::id));
    List<String> parts = own.stream().map(part).distinct().toList();
    KernelLawFit.Fitted fit = KernelLawFit.fit(own, base);
    List<KernelLaw> without =
        parts.stream()
            .map(
                left ->
                    KernelLawFit.of(
                        own.stream().filter(row -> !part.apply(row).equals(left)).toList(), base))
            .toList();
    double[] errors =
        own.stream()
            .mapToDouble(
                row ->
                    StrictMath.log(
                        row.seconds()
                            / without.get(parts.indexOf(part.apply(row))).seconds(row, base)))
            .toArray();
    Jackknife<KernelLaw> jackknife = new Jackknife<>(fit.law(), without);
    double[] prior = fit.priorShares();
    String efficiency = kernel == AttentionKernel.DSA_INDEXER ? "topk_ratio" : "attention_ratio";
    List<FittedParameter> parameters =
        List.of(
            jackknife.parameter(
                Section.ENGINE,
                "streaming_efficiency_ratio",
                KernelLaw::streamingEfficiency,
                1,
                prior[2] < 0.5),
            jackknife.parameter(
                Section.LONE_CALL,
                "startup_us",
                law -> 1e6 * law.startupSeconds(),
                1e9,
                prior[0] < 0.5),
            jackknife.parameter(
                Section.LONE_CALL,
                "floor_us",
                law -> 1e6 * law.floorSeconds(),
                1e9,
                prior[1] < 0.5),
            jackknife.parameter(
                Section.LONE_CALL,
                "write_back_ratio",
                KernelLaw::writeBackShare,
                1,
                prior[3] < 0.5),
            jackknife.parameter(
                Section.EFFICIENCY, efficiency, KernelLaw::computeEfficiency, 1, prior[4] < 0.5),
            modelError(errors));
    List<String> notes = new ArrayList<>();
    notes.add(
        "Fitted to %s alone; what a lone call costs stays out: operators of a step follow in a graph."
            .formatted(kernel.key()));
    if (own.size() < rows.size()) {
      notes.add("Rows of other kernels were left aside: one kernel a calibration.");
    }
    return new CalibratedDevice(
        name,
        base,
        rows.getFirst().device(),
        source,
        own.size(),
        parts.size(),
        parameters,
        meanAbsolutePercent(errors),
        notes);
  }

  private static FittedParameter modelError(double[] errors) {
    ErrorBand band = ErrorBand.of(errors);
    return new FittedParameter(
        Section.DEVICE,
        "model_error_ratio",
        1,
        Math.min(1, band.lowRatio()),
        Math.max(1, band.highRatio()),
        true);
  }

  private static double meanAbsolutePercent(double[] errors) {
    return Arrays.stream(errors)
        .map(error -> 100 * Math.abs(StrictMath.exp(-error) - 1))
        .average()
        .orElseThrow();
  }

  /** The first way of parting rows that gives enough parts. */
  private static <R> Function<R, String> part(List<R> rows, List<Function<R, String>> ways) {
    return ways.stream()
        .filter(way -> rows.stream().map(way).distinct().count() >= LEAST_PARTS)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%d rows are too few: a calibration leaves rows out, and needs at least %d"
                        .formatted(rows.size(), LEAST_PARTS)));
  }

  /** A fit and the fits without each part. */
  private record Jackknife<F>(F fit, List<F> without) {

    FittedParameter parameter(
        Section section, String key, ToDoubleFunction<F> value, double most, boolean identifiable) {
      double[] logs =
          without.stream().mapToDouble(f -> StrictMath.log(value.applyAsDouble(f))).toArray();
      double mean = Arrays.stream(logs).average().orElseThrow();
      double squares = Arrays.stream(logs).map(log -> (log - mean) * (log - mean)).sum();
      double spread = Z90 * Math.sqrt(squares * (logs.length - 1) / logs.length);
      double best = value.applyAsDouble(fit);
      return new FittedParameter(
          section,
          key,
          best,
          best * StrictMath.exp(-spread),
          Math.min(most, best * StrictMath.exp(spread)),
          identifiable);
    }
  }
}
