package dev.membound.benchmarks.ceiling;

import dev.membound.benchmarks.suite.Workload;
import java.util.Map;

/** What the probes share that stream through arrays filling a working set. */
sealed interface StreamWorkload extends Workload permits ReadWorkload, CopyWorkload, TriadWorkload {
  /** Passes over the working set in one call. */
  default int passes() {
    return CallSize.passes(workingSetBytes(), threads());
  }

  @Override
  default Map<String, String> params() {
    return Map.of(
        "residency", residency().name(),
        "threads", Integer.toString(threads()),
        "workingSetBytes", Long.toString(workingSetBytes()));
  }

  @Override
  default String layout() {
    return "STREAM";
  }

  @Override
  default Map<String, Long> shape() {
    return Map.of("workingSetBytes", workingSetBytes());
  }

  @Override
  default int batch() {
    return 1;
  }
}
