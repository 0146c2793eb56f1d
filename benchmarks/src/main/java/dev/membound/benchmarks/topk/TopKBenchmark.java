package dev.membound.benchmarks.topk;

import dev.membound.benchmarks.attention.KvSequences;
import dev.membound.benchmarks.attention.KvShape;
import dev.membound.benchmarks.host.WorkingSetSize;
import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.benchmarks.suite.WarmUp;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.model.run.Residency;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What the benchmarks of top-K selection share: the sequences, and counting bytes and FLOPs. */
public abstract class TopKBenchmark extends KernelBenchmark {
  @Param("F16")
  public KvType format;

  @Param("32")
  public int queryHeads;

  @Param("8")
  public int kvHeads;

  @Param("128")
  public int headDim;

  @Param("131072")
  public int context;

  @Param("16")
  public int blockSize;

  @Param("DRAM")
  public Residency residency;

  /** Distinct bytes read, at least one sequence; 0 sizes them for this machine's caches. */
  @Param("0")
  public long workingSetBytes;

  private long callBytes;
  private long callFlops;

  @Setup(Level.Trial)
  public void prepare() {
    // The field itself, because the benchmarks make their workloads of it.
    workingSetBytes = WorkingSetSize.of(workingSetBytes, residency, threads);
    KvShape shape = new KvShape(format, queryHeads, kvHeads, headDim, context, blockSize);
    TopKWorkload workload = workload(shape);
    callBytes = workload.bytes().values().stream().mapToLong(Long::longValue).sum();
    callFlops = workload.flops();
    WorkerTeam team = MeasuredKernel.start(threads, workload.workingSetBytes(), residency);
    Arena arena = Arena.ofShared(); // as long as the JVM
    KvSequences sequences =
        KvSequences.fill(shape, workload.sequences(), false, PagedKvCache.DEFAULT_LAYOUT, arena);
    plan(workload, sequences, team, arena);
    WarmUp.untilCompiled(this::call);
  }

  final void count(TrafficCounters traffic) {
    traffic.add(callBytes, callFlops);
  }

  abstract TopKWorkload workload(KvShape shape);

  abstract void plan(TopKWorkload workload, KvSequences sequences, WorkerTeam team, Arena arena);

  abstract void call();
}
