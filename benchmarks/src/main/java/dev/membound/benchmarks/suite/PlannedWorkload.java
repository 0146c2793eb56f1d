package dev.membound.benchmarks.suite;

import dev.membound.model.run.Measurement;
import dev.membound.model.run.Sample;
import java.util.List;

/**
 * A workload and how often it is wanted.
 *
 * @param forks JVMs that run it, at least 1
 */
public record PlannedWorkload(Workload workload, int forks) {
  public PlannedWorkload {
    if (forks < 1) {
      throw new IllegalArgumentException("a planned workload needs at least 1 fork, not " + forks);
    }
  }

  /** Stable id of the measurement it fills. */
  public String id() {
    return MeasurementIds.of(workload);
  }

  /** The measurement that samples of it make, not yet summarised. */
  public Measurement measurement(List<Sample> samples) {
    return new Measurement(
        id(),
        workload.kernel(),
        workload.format(),
        workload.layout(),
        workload.activations().orElse(null),
        workload.shape(),
        workload.batch(),
        workload.threads(),
        workload.residency(),
        workload.workingSetBytes(),
        workload.bytes(),
        workload.flops(),
        samples,
        null,
        null,
        null,
        null);
  }
}
