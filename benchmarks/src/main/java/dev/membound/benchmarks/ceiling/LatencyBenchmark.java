package dev.membound.benchmarks.ceiling;

import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.model.run.Residency;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Dependent loads; a call follows {@value LatencyWorkload#LOADS} links. */
public class LatencyBenchmark extends KernelBenchmark {
  @Param("DRAM")
  public Residency residency;

  /** A power of two; 0 sizes it for this machine's caches. */
  @Param("0")
  public long workingSetBytes;

  private Arena arena;
  private LatencyProbe probe;

  @Setup
  public void allocate() {
    if (threads != 1) {
      throw new IllegalArgumentException("latency: a chase has 1 thread, not " + threads);
    }
    LatencyWorkload workload =
        workingSetBytes != 0
            ? new LatencyWorkload(residency, workingSetBytes)
            : ThisMachine.sized("latency", caches -> LatencyWorkload.at(residency, caches));
    arena = Arena.ofShared();
    MeasuredKernel.start(threads, 0, residency);
    probe = LatencyProbe.allocate(arena, workload.workingSetBytes());
  }

  @TearDown
  public void free() {
    arena.close();
  }

  @Benchmark
  public long latency() {
    return probe.chase(LatencyWorkload.LOADS);
  }
}
