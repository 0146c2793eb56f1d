package dev.membound.model.explore;

import dev.membound.model.cost.Efficiency;
import dev.membound.model.cost.EfficiencyEstimator;
import dev.membound.model.cost.Metric;
import dev.membound.model.run.ExplorationFile;
import dev.membound.model.run.ExplorationFile.FrontPoint;
import dev.membound.model.run.Interval;
import dev.membound.model.run.RunFolder;
import dev.membound.model.simulate.Simulator;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** The front of an exploration with the intervals of its metrics. */
public final class FrontIntervals {
  /** The ends of an interval of a front need no more. */
  private static final int DRAWS = 100;

  private final Sweep sweep;
  private final EfficiencyEstimator estimator;

  /** For the fronts of a sweep. */
  public FrontIntervals(Sweep sweep) {
    this.sweep = sweep;
    estimator = new EfficiencyEstimator(sweep.economics(), Simulator.DEFAULT_SEED, DRAWS);
  }

  /**
   * The outcome as {@code exploration.json} keeps it.
   *
   * @param progress told 1 for every point that is done, from any thread
   */
  public ExplorationFile of(Exploration.Outcome outcome, LongConsumer progress) {
    List<FrontPoint> front =
        outcome.front().parallelStream()
            .map(
                point -> {
                  FrontPoint row = row(point);
                  progress.accept(1);
                  return row;
                })
            .toList();
    Map<String, String> units = new LinkedHashMap<>();
    Arrays.stream(Metric.values()).forEach(metric -> units.put(metric.key(), metric.unit()));
    return new ExplorationFile(
        RunFolder.SCHEMA_VERSION,
        sweep.name(),
        sweep.description(),
        outcome.points(),
        outcome.fitting(),
        outcome.refused(),
        sweep.objectives().stream()
            .map(o -> new ExplorationFile.Objective(o.metric().key(), o.maximise()))
            .toList(),
        units,
        front);
  }

  private FrontPoint row(DesignPoint point) {
    Design design = sweep.design(point.index());
    Efficiency efficiency =
        estimator.estimate(design.system(), design.model(), design.serving(), design.capWatts());
    double[] low = new double[Metric.values().length];
    double[] high = new double[low.length];
    for (Metric metric : Metric.values()) {
      low[metric.ordinal()] = efficiency.get(metric).low();
      high[metric.ordinal()] = efficiency.get(metric).high();
    }
    double[] lowOfAll = Metric.ofReplicas(low, design.replicas());
    double[] highOfAll = Metric.ofReplicas(high, design.replicas());
    Map<String, Interval> metrics = new LinkedHashMap<>();
    for (Metric metric : Metric.values()) {
      double value = point.value(metric);
      metrics.put(
          metric.key(),
          new Interval(
              value,
              Math.min(value, lowOfAll[metric.ordinal()]),
              Math.max(value, highOfAll[metric.ordinal()])));
    }
    return new FrontPoint(
        sweep.scenario(design),
        point.index(),
        design.model().name(),
        design.variant().base(),
        design.variant().values(),
        design.sharding().label(),
        design.sharding().devices(),
        design.replicas(),
        design.weights().name(),
        design.kv().name(),
        design.capWatts().isPresent() ? design.capWatts().getAsDouble() : null,
        design.contextTokens(),
        design.batch(),
        metrics);
  }

  /** The front as CSV, best estimates and ends of the intervals. */
  public static String csv(ExplorationFile file) {
    StringBuilder csv = new StringBuilder(DesignRows.AXES);
    file.units()
        .forEach(
            (metric, unit) -> {
              for (String end : List.of("", " low", " high")) {
                csv.append(',').append(metric).append(end).append(" (").append(unit).append(')');
              }
            });
    csv.append('\n');
    for (FrontPoint point : file.front()) {
      DesignRows.axes(
          csv,
          point.index(),
          List.of(
              point.model(),
              point.device(),
              DesignRows.varied(point.varied()),
              point.parallelism(),
              point.devices() * point.replicas(),
              point.replicas(),
              point.weights(),
              point.kv(),
              point.powerCapWatts() == null ? "" : point.powerCapWatts(),
              point.contextTokens(),
              point.batch()));
      file.units()
          .keySet()
          .forEach(
              metric -> {
                Interval value = point.metrics().get(metric);
                csv.append(',').append(value.median());
                csv.append(',').append(value.low());
                csv.append(',').append(value.high());
              });
      csv.append('\n');
    }
    return csv.toString();
  }
}
