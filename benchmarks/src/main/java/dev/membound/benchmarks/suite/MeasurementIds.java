package dev.membound.benchmarks.suite;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The stable id of a workload's measurement: the same workload has the same id in every run. */
final class MeasurementIds {
  private MeasurementIds() {}

  static String of(Workload workload) {
    Map<String, Long> sorted = new TreeMap<>(workload.shape());
    String shape =
        sorted.entrySet().stream()
            .map(size -> size.getKey() + "=" + size.getValue())
            .collect(Collectors.joining(","));
    return String.join(
        "/",
        workload.kernel(),
        workload.format(),
        workload.layout(),
        shape,
        "b" + workload.batch(),
        "t" + workload.threads(),
        workload.residency().name());
  }
}
