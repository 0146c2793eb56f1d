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

/** STREAM copy. */
public class CopyBenchmark extends KernelBenchmark {

  @Param("DRAM")
  public Residency residency;

  /** All arrays, of all threads together; 0 sizes it for this machine's caches. */
  @Param("0")
  public long workingSetBytes;

  private Arena arena;
  private CopyProbe probe;
  private int passes;
  private long bytesPerCall;

  @Setup
  public void allocate() {
    CopyWorkload workload =
        workingSetBytes != 0
            ? new CopyWorkload(residency, threads, workingSetBytes)
            : ThisMachine.sized("copy", caches -> CopyWorkload.at(residency, threads, caches));
    arena = Arena.ofShared();
    WorkerTeam team = MeasuredKernel.start(threads, workload.workingSetBytes(), residency);
    probe = CopyProbe.allocate(arena, team, workload.arrayBytes());
    passes = workload.passes();
    bytesPerCall = workload.bytes().get("read") + workload.bytes().get("write");
  }

  @TearDown
  public void free() {
    arena.close();
  }

  @Benchmark
  public void copy(TrafficCounters traffic) {
    probe.copy(passes);
    traffic.add(bytesPerCall, 0);
  }
}
