package dev.membound.benchmarks.suite;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The stable id of a workload's measurement: the same workload has the same id in every run,
 * another one another id.
 */
final class MeasurementIds {
  private MeasurementIds() {}

  static String of(Workload workload) {
    Map<String, Long> sorted = new TreeMap<>(workload.shape());
    String shape =
        sorted.entrySet().stream()
            .map(size -> size.getKey() + "=" + size.getValue())
            .collect(Collectors.joining(","));
    String id =
        String.join(
            "/",
            workload.kernel(),
            workload.format(),
            workload.layout(),
            shape,
            "b" + workload.batch(),
            "t" + workload.threads(),
            workload.residency().name());
    // Only where it is another than the usual one, so that ids of older runs stay what they are.
    return workload.variant().map(variant -> id + "/" + variant).orElse(id);
  }
}
