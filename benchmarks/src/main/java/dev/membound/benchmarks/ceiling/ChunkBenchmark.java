package dev.membound.benchmarks.ceiling;

import dev.membound.benchmarks.host.HostProbe;
import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Random chunks from DRAM. */
public class ChunkBenchmark extends KernelBenchmark {
  @Param({"64", "256", "1024", "4096", "16384", "65536"})
  public long chunkBytes;

  /** Of the buffer, a power of two; 0 sizes it for this machine's caches. */
  @Param("0")
  public long workingSetBytes;

  private Arena arena;
  private ChunkProbe probe;
  private long chunks;
  private long bytesPerCall;

  @Setup
  public void allocate() {
    ChunkWorkload workload =
        workingSetBytes != 0
            ? new ChunkWorkload(chunkBytes, threads, workingSetBytes)
            : ChunkWorkload.of(chunkBytes, threads, HostProbe.ofThisMachine().caches());
    arena = Arena.ofShared();
    WorkerTeam team =
        MeasuredKernel.start(threads, workload.workingSetBytes(), workload.residency());
    probe = ChunkProbe.allocate(arena, team, workload.workingSetBytes(), chunkBytes);
    chunks = workload.chunks();
    bytesPerCall = workload.bytes().get("read");
  }

  @TearDown
  public void free() {
    arena.close();
  }

  @Benchmark
  public int chunk(TrafficCounters traffic) {
    int sum = probe.read(chunks);
    traffic.add(bytesPerCall, 0);
    return sum;
  }
}
