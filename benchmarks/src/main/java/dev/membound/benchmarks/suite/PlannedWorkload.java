package dev.membound.benchmarks.suite;

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
}
