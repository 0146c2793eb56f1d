package dev.membound.model.report.section;

import dev.membound.model.report.table.Numbers;
import dev.membound.model.run.SimulationFile;
import dev.membound.model.run.SimulationFile.Prediction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the reference systems are asked to run.
 *
 * @param weights, kv data formats
 */
public record Workload(String model, String weights, String kv, int batch, long context) {

  public static Workload of(Prediction p) {
    return new Workload(p.model(), p.weights(), p.kv(), p.batch(), p.context());
  }

  /** Without the model, for instance {@code Q4_0 weights, F16 KV, batch 1, 4,096 tokens}. */
  public String terms() {
    return weights
        + " weights, "
        + kv
        + " KV, batch "
        + batch
        + ", "
        + Numbers.count(context)
        + " tokens";
  }

  /** {@code this-cpu}, or {@code h100-sxm ×8} for several devices. */
  public static String system(Prediction p) {
    return p.deviceCount() == 1 ? p.device() : p.device() + " ×" + p.deviceCount();
  }

  /** Predictions by model, in file order. */
  static Map<String, List<Prediction>> byModel(SimulationFile simulation) {
    Map<String, List<Prediction>> models = new LinkedHashMap<>();
    for (Prediction p : simulation.predictions()) {
      models.computeIfAbsent(p.model(), m -> new ArrayList<>()).add(p);
    }
    return models;
  }

  /**
   * One workload a model, the one that most systems can run; among those the smallest batch, then
   * the shortest context. Its predictions, in file order.
   */
  public static Map<String, List<Prediction>> representative(SimulationFile simulation) {
    Map<String, List<Prediction>> chosen = new LinkedHashMap<>();
    byModel(simulation)
        .forEach(
            (model, predictions) -> {
              Map<Workload, List<Prediction>> byWorkload = new LinkedHashMap<>();
              for (Prediction p : predictions) {
                byWorkload.computeIfAbsent(of(p), w -> new ArrayList<>()).add(p);
              }
              Workload most =
                  byWorkload.keySet().stream()
                      .min(
                          Comparator.comparingLong(
                                  (Workload w) ->
                                      -byWorkload.get(w).stream().filter(Prediction::fits).count())
                              .thenComparingInt(Workload::batch)
                              .thenComparingLong(Workload::context))
                      .orElseThrow();
              chosen.put(model, byWorkload.get(most));
            });
    return chosen;
  }
}
