package dev.membound.benchmarks.ceiling;

import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.benchmarks.suite.WarmUp;
import dev.membound.kernels.provider.Species;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Peak single-precision FLOP/s. */
public class FmaBenchmark extends KernelBenchmark {
  private FmaProbe probe;
  private long flopsPerCall;

  @Setup
  public void startTeam() {
    FmaWorkload workload = new FmaWorkload(threads, Species.SHAPE.vectorBitSize());
    probe = new FmaProbe(MeasuredKernel.start(threads, 0, workload.residency()));
    flopsPerCall = workload.flops();
    WarmUp.untilCompiled(() -> probe.multiplyAdd(1, FmaWorkload.TURNS));
  }

  @Benchmark
  public int fma(TrafficCounters traffic) {
    int sum = probe.multiplyAdd(1, FmaWorkload.TURNS);
    traffic.add(0, flopsPerCall);
    return sum;
  }
}
