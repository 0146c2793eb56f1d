package dev.membound.benchmarks.ceiling;

import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.model.run.Residency;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Load-only bandwidth: {@link ReadWorkload} in the shape that is the fastest in this fork. */
public class ReadBenchmark extends KernelBenchmark {
  private static final long TRIAL_NANOSECONDS = 10_000_000;

  /** Which shape won; JMH reports both numbers beside the score. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class ChosenShape {
    private ReadShape shape;

    @Setup(Level.Iteration)
    public void take(ReadBenchmark benchmark) {
      shape = benchmark.shape;
    }

    public long streamsPerThread() {
      return shape.streams();
    }

    public long vectorsPerStream() {
      return shape.unroll();
    }
  }

  @Param({"L1", "L2", "L3", "DRAM"})
  public Residency residency;

  /** Of all threads together; 0 sizes it for this machine's caches. */
  @Param("0")
  public long workingSetBytes;

  private Arena arena;
  private ReadProbe probe;
  private ReadShape shape;
  private int passes;
  private long bytesPerCall;

  @Setup
  public void allocate() {
    ReadWorkload workload =
        workingSetBytes != 0
            ? new ReadWorkload(residency, threads, workingSetBytes)
            : ThisMachine.sized("read", caches -> ReadWorkload.at(residency, threads, caches));
    arena = Arena.ofShared();
    WorkerTeam team = MeasuredKernel.start(threads, workload.workingSetBytes(), residency);
    probe = ReadProbe.allocate(arena, team, workload.workingSetBytes());
    if (!ReadProbe.compileShapes()) {
      System.out.println(ReadProbe.NOT_COMPILED);
    }
    shape = probe.fastestShape(TRIAL_NANOSECONDS);
    passes = workload.passes();
    bytesPerCall = workload.bytes().get("read");
  }

  @TearDown
  public void free() {
    arena.close();
  }

  @Benchmark
  public int read(TrafficCounters traffic, ChosenShape chosen) {
    int sum = probe.read(shape, passes);
    traffic.add(bytesPerCall, 0);
    return sum;
  }
}
