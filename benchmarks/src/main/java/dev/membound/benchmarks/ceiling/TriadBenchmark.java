package dev.membound.benchmarks.ceiling;

import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.model.run.Residency;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** STREAM triad, single precision. */
public class TriadBenchmark extends KernelBenchmark {
  private static final float SCALE = 3;

  @Param("DRAM")
  public Residency residency;

  /** All arrays, of all threads together; 0 sizes it for this machine's caches. */
  @Param("0")
  public long workingSetBytes;

  private Arena arena;
  private TriadProbe probe;
  private int passes;
  private long bytesPerCall;
  private long flopsPerCall;

  @Setup
  public void allocate() {
    TriadWorkload workload =
        workingSetBytes != 0
            ? new TriadWorkload(residency, threads, workingSetBytes)
            : ThisMachine.sized("triad", caches -> TriadWorkload.at(residency, threads, caches));
    arena = Arena.ofShared();
    WorkerTeam team = MeasuredKernel.start(threads, workload.workingSetBytes(), residency);
    probe = TriadProbe.allocate(arena, team, workload.arrayBytes(), SCALE);
    passes = workload.passes();
    bytesPerCall = workload.bytes().get("read") + workload.bytes().get("write");
    flopsPerCall = workload.flops();
  }

  @TearDown
  public void free() {
    arena.close();
  }

  @Benchmark
  public void triad(TrafficCounters traffic) {
    probe.triad(passes);
    traffic.add(bytesPerCall, flopsPerCall);
  }
}
