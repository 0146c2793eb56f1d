package dev.membound.model.run;

import java.util.List;
import java.util.Map;

/**
 * {@code exploration.json}: the Pareto fronts of a design-space sweep.
 *
 * @param sweep its name
 * @param description for people
 * @param points evaluated or refused
 * @param fitting of them
 * @param refused points by the reason why their system cannot run at all
 * @param objectives what the front is of, the first one first
 * @param units by metric
 * @param front of every scenario, best in the first objective first
 */
public record ExplorationFile(
    int schemaVersion,
    String sweep,
    String description,
    long points,
    long fitting,
    Map<String, Long> refused,
    List<Objective> objectives,
    Map<String, String> units,
    List<FrontPoint> front) {

  /**
   * A metric with the way that is wanted.
   *
   * @param maximise else the least is best
   */
  public record Objective(String metric, boolean maximise) {

    public Objective {
      Checks.text(metric, "metric");
    }
  }

  /**
   * A design on the front.
   *
   * @param scenario what it is compared with; empty where all designs are compared
   * @param index in the design space
   * @param varied values of the device that were replaced, by key path, in the key's unit
   * @param parallelism how devices share the model: {@code TP8 PP2}
   * @param devices of a replica
   * @param batch of a replica
   * @param powerCapWatts of a device; null where it is its board power
   * @param metrics by name, 90 % intervals
   */
  public record FrontPoint(
      String scenario,
      long index,
      String model,
      String device,
      Map<String, Double> varied,
      String parallelism,
      int devices,
      int replicas,
      String weights,
      String kv,
      Double powerCapWatts,
      long contextTokens,
      int batch,
      Map<String, Interval> metrics) {

    public FrontPoint {
      Checks.present(scenario, "scenario");
      Checks.count(index, "index");
      Checks.text(model, "model");
      Checks.text(device, "device");
      varied = Checks.map(varied, "varied");
      varied.forEach((key, value) -> Checks.finite(value, "varied." + key));
      Checks.text(parallelism, "parallelism");
      Checks.positive(devices, "devices");
      Checks.positive(replicas, "replicas");
      Checks.text(weights, "weights");
      Checks.text(kv, "kv");
      if (powerCapWatts != null) {
        Checks.positive(powerCapWatts, "powerCapWatts");
      }
      Checks.count(contextTokens, "contextTokens");
      Checks.positive(batch, "batch");
      metrics = Checks.map(metrics, "metrics");
    }
  }

  public ExplorationFile {
    Checks.text(sweep, "sweep");
    Checks.present(description, "description");
    Checks.count(points, "points");
    Checks.count(fitting, "fitting");
    refused = Checks.map(refused, "refused");
    objectives = Checks.list(objectives, "objectives");
    units = Checks.map(units, "units");
    front = Checks.list(front, "front");
    if (objectives.isEmpty()) {
      throw new IllegalArgumentException("objectives must name at least one metric");
    }
    for (Objective objective : objectives) {
      Checks.present(units.get(objective.metric()), "units." + objective.metric());
      for (FrontPoint point : front) {
        Checks.present(
            point.metrics().get(objective.metric()),
            "metrics." + objective.metric() + " of design " + point.index());
      }
    }
  }
}
