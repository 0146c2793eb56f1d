package dev.membound.model.explore;

import dev.membound.model.cost.Economics;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A design space and what is wanted of it. Every combination of the axes is a point; its index
 * counts with the last axis fastest.
 *
 * @param name names the output
 * @param description for people
 * @param parallelism how devices share a model
 * @param replicas copies of the whole system, each with a batch of its own
 * @param batches of a replica, ascending
 * @param powerCapWatts of a device; one empty one where no cap is swept
 * @param objectives of the fronts
 * @param frontPer axes whose every combination has a front of its own; none for one front
 */
public record Sweep(
    String name,
    String description,
    List<LlmArchitecture> models,
    List<DeviceVariant> devices,
    List<Sharding> parallelism,
    List<DataFormat> weights,
    List<DataFormat> kv,
    List<Integer> replicas,
    List<OptionalDouble> powerCapWatts,
    List<Long> contexts,
    List<Integer> batches,
    Economics economics,
    List<Objective> objectives,
    List<Axis> frontPer) {

  /** More points than this are a slip of the pen. */
  static final long MOST_POINTS = 1_000_000_000L;

  public Sweep {
    models = List.copyOf(models);
    devices = List.copyOf(devices);
    parallelism = List.copyOf(parallelism);
    weights = List.copyOf(weights);
    kv = List.copyOf(kv);
    replicas = List.copyOf(replicas);
    powerCapWatts = List.copyOf(powerCapWatts);
    contexts = List.copyOf(contexts);
    batches = List.copyOf(batches);
    objectives = List.copyOf(objectives);
    frontPer = List.copyOf(frontPer);
  }

  /** Points that share model, device, parallelism and formats. */
  long pointsPerGroup() {
    return (long) replicas.size() * powerCapWatts.size() * contexts.size() * batches.size();
  }

  /** All points. */
  public long points() {
    return (long) models.size()
        * devices.size()
        * parallelism.size()
        * weights.size()
        * kv.size()
        * pointsPerGroup();
  }

  /** What a design is compared with: {@code llama-3.1-70b, context 8192}; empty for everything. */
  public String scenario(Design design) {
    return frontPer.stream().map(axis -> axis.label(design)).collect(Collectors.joining(", "));
  }

  /** The Pareto front of every scenario, scenarios in the order of the axes' values. */
  List<DesignPoint> fronts(List<DesignPoint> points) {
    ParetoFront pareto = new ParetoFront(objectives);
    if (frontPer.isEmpty()) {
      return pareto.of(points);
    }
    SortedMap<Long, List<DesignPoint>> byScenario = new TreeMap<>();
    for (DesignPoint point : points) {
      long scenario = Axis.rank(this, frontPer, design(point.index()));
      byScenario.computeIfAbsent(scenario, k -> new ArrayList<>()).add(point);
    }
    return byScenario.values().stream().flatMap(all -> pareto.of(all).stream()).toList();
  }

  /** The design behind an index. */
  public Design design(long index) {
    Digits digits = new Digits(index);
    int batch = batches.get(digits.next(batches.size()));
    long context = contexts.get(digits.next(contexts.size()));
    OptionalDouble cap = powerCapWatts.get(digits.next(powerCapWatts.size()));
    int copies = replicas.get(digits.next(replicas.size()));
    DataFormat kvFormat = kv.get(digits.next(kv.size()));
    DataFormat weightFormat = weights.get(digits.next(weights.size()));
    Sharding sharding = parallelism.get(digits.next(parallelism.size()));
    DeviceVariant device = devices.get(digits.next(devices.size()));
    LlmArchitecture model = models.get(digits.next(models.size()));
    return new Design(model, device, sharding, copies, weightFormat, kvFormat, cap, context, batch);
  }

  /** Digits of an index in mixed radix, fastest first. */
  private static final class Digits {
    private long rest;

    Digits(long index) {
      rest = index;
    }

    int next(int radix) {
      int digit = (int) (rest % radix);
      rest /= radix;
      return digit;
    }
  }
}
