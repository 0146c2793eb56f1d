package dev.membound.model.published.validate;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.published.LayerTiming;
import dev.membound.model.published.Uncovered;
import dev.membound.model.simulate.Estimate;
import dev.membound.model.simulate.OperatorEstimate;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.Fusion;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.Phase;
import dev.membound.model.workload.PrefillWorkload;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Operators of a layer by the simulator, from the catalogue alone. An operator's interval is that
 * of the whole phase, in proportion.
 */
final class LayerPredictions {
  private static final Set<String> OUTSIDE_LAYERS = Set.of("embedding", "final-norm", "lm-head");

  private LayerPredictions() {}

  static void of(
      List<LayerTiming> rows, List<PublishedPrediction> predictions, List<Uncovered> uncovered) {
    for (LayerTiming row : rows) {
      LlmArchitecture model = LlmCatalogue.find(row.model());
      Estimate estimate = estimate(row, model);
      Optional<Double> seconds = seconds(row, estimate);
      if (seconds.isEmpty()) {
        uncovered.add(
            new Uncovered(
                row.id(),
                row.source(),
                "%d x %s".formatted(row.devices(), row.device()),
                row.model(),
                "%s: %s".formatted(phase(row), row.operator()),
                Double.toString(row.seconds()),
                "s",
                "measured without joining operators; the simulator's prefill joins them"));
        continue;
      }
      double predicted = seconds.get() / model.layers();
      double middle = estimate.seconds().median();
      predictions.add(
          new PublishedPrediction(
              row.id(),
              row.source(),
              "%s layer of %s, %d x %s"
                  .formatted(phase(row), row.model(), row.devices(), row.device()),
              row.operator(),
              "s",
              row.seconds(),
              predicted,
              predicted * estimate.seconds().low() / middle,
              predicted * estimate.seconds().high() / middle,
              PublishedPrediction.Basis.CATALOGUE,
              ""));
    }
  }

  private static String phase(LayerTiming row) {
    return row.phase() == Phase.DECODE ? "decode" : "prefill";
  }

  private static Estimate estimate(LayerTiming row, LlmArchitecture model) {
    Formats formats = new Formats(row.format(), row.format(), row.format());
    InferenceWorkload workload =
        row.phase() == Phase.DECODE
            ? new DecodeWorkload(row.batch(), row.tokens(), formats, new KvSelection.Dense())
                .withFusion(Fusion.EAGER)
            : new PrefillWorkload(row.batch(), row.tokens(), formats);
    HardwareSystem system = HardwareSystem.of(DeviceCatalogue.find(row.device()), row.devices());
    return new Simulator().estimate(system, model, workload);
  }

  /** All executions together. */
  private static Optional<Double> seconds(LayerTiming row, Estimate estimate) {
    boolean whole = row.operator().equals(LayerTiming.LAYER);
    if (whole && row.phase() == Phase.PREFILL) {
      return Optional.empty();
    }
    List<OperatorEstimate> operators =
        estimate.operators().stream()
            .filter(
                o ->
                    whole
                        ? !OUTSIDE_LAYERS.contains(o.operator())
                        : o.operator().equals(row.operator()))
            .toList();
    return operators.isEmpty()
        ? Optional.empty()
        : Optional.of(operators.stream().mapToDouble(OperatorEstimate::seconds).sum());
  }
}
