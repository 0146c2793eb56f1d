package dev.membound.model.report.section;

import dev.membound.model.run.SimulationFile;
import dev.membound.model.run.SimulationFile.Prediction;
import dev.membound.model.table.Numbers;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a reference system is asked to run.
 *
 * @param weights, kv data formats
 * @param kvSelection {@code dense}, or how a step selects what it attends to
 */
public record Workload(
    String model, String weights, String kv, int batch, long context, String kvSelection) {
  private static final String DENSE = "dense";

  public static Workload of(Prediction p) {
    return new Workload(p.model(), p.weights(), p.kv(), p.batch(), p.context(), p.kvSelection());
  }

  /** Without the model, for instance {@code Q4_0 weights, F16 KV, batch 1, 8,192 tokens}. */
  public String terms() {
    return weights + " weights, " + kv + " KV, " + size();
  }

  /** Batch, context and selection, for instance {@code batch 1, 8,192 tokens}. */
  public String size() {
    return "batch "
        + batch
        + ", "
        + Numbers.count(context)
        + " tokens"
        + (kvSelection.equals(DENSE) ? "" : ", " + kvSelection);
  }

  /** {@code this-cpu}, or {@code h100-sxm ×8} for several devices. */
  public static String system(Prediction p) {
    return p.deviceCount() == 1 ? p.device() : p.device() + " ×" + p.deviceCount();
  }

  /** Predictions by model, in file order. */
  static Map<String, List<Prediction>> byModel(SimulationFile simulation) {
    return simulation.predictions().stream()
        .collect(Collectors.groupingBy(Prediction::model, LinkedHashMap::new, Collectors.toList()));
  }

  /** Predictions by workload, in file order. */
  static Map<Workload, List<Prediction>> byWorkload(List<Prediction> predictions) {
    return predictions.stream()
        .collect(Collectors.groupingBy(Workload::of, LinkedHashMap::new, Collectors.toList()));
  }

  /**
   * For each model one prediction a device, as comparable as can be: of the workload that most
   * devices can run, where the device runs it, else of the smallest that it does.
   */
  public static Map<String, List<Prediction>> showcase(SimulationFile simulation) {
    Map<String, List<Prediction>> chosen = new LinkedHashMap<>();
    byModel(simulation)
        .forEach(
            (model, predictions) -> {
              Workload common = mostCommon(predictions);
              Map<String, Prediction> byDevice = new LinkedHashMap<>();
              for (Prediction p : predictions) {
                byDevice.merge(
                    p.device(), p, (a, b) -> closeness(common).compare(a, b) <= 0 ? a : b);
              }
              chosen.put(model, List.copyOf(byDevice.values()));
            });
    return chosen;
  }

  private static Workload mostCommon(List<Prediction> predictions) {
    Map<Workload, List<Prediction>> byWorkload = byWorkload(predictions);
    Comparator<Workload> fewestRunning =
        Comparator.comparingLong(
            w ->
                byWorkload.get(w).stream()
                    .filter(Prediction::fits)
                    .map(Prediction::device)
                    .distinct()
                    .count());
    return byWorkload.keySet().stream()
        .min(
            fewestRunning
                .reversed()
                .thenComparingInt(Workload::batch)
                .thenComparingLong(Workload::context))
        .orElseThrow();
  }

  private static Comparator<Prediction> closeness(Workload common) {
    return Comparator.comparing((Prediction p) -> !p.fits())
        .thenComparing(p -> !of(p).equals(common))
        .thenComparing(p -> p.batch() != common.batch())
        .thenComparing(p -> p.context() != common.context())
        .thenComparingInt(Prediction::deviceCount);
  }
}
