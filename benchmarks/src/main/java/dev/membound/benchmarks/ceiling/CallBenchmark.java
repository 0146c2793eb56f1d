package dev.membound.benchmarks.ceiling;

import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.benchmarks.suite.WarmUp;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.model.run.Residency;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** One call of a worker team whose task does nothing, its workers still awake from the last one. */
public class CallBenchmark extends KernelBenchmark {
  private WorkerTeam team;

  @Setup
  public void start() {
    team = MeasuredKernel.start(threads, 0, Residency.L1);
    WarmUp.untilCompiled(this::call);
  }

  @Benchmark
  public void empty(TrafficCounters traffic) {
    call();
    traffic.add(0, 0);
  }

  private void call() {
    team.run((worker, workers) -> {});
  }
}
