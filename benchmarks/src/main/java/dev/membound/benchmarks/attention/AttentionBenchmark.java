package dev.membound.benchmarks.attention;

import dev.membound.benchmarks.host.WorkingSetSize;
import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.benchmarks.suite.WarmUp;
import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedAttention;
import dev.membound.model.run.Residency;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * Paged decode attention.
 *
 * <pre>{@code ./membound bench AttentionBenchmark -p format=F16 -p context=32768 -p threads=1,2}
 * </pre>
 */
public class AttentionBenchmark extends KernelBenchmark {
  @Param({"F32", "F16", "BF16"})
  public KvType format;

  @Param("32")
  public int queryHeads;

  @Param("8")
  public int kvHeads;

  @Param("128")
  public int headDim;

  @Param("32768")
  public int context;

  @Param("16")
  public int blockSize;

  /** Whether blocks lie in random order instead of side by side. */
  @Param("false")
  public boolean scattered;

  /** In which order the cache keeps its tiles; FITTING is what suits the blocks' order. */
  @Param("FITTING")
  public CacheLayout kvLayout;

  @Param("DRAM")
  public Residency residency;

  /** Distinct KV bytes, at least one sequence; 0 sizes them for this machine's caches. */
  @Param("0")
  public long workingSetBytes;

  private KvSequences sequences;
  private PagedAttention attention;
  private AttentionState state;
  private long callBytes;
  private long callFlops;

  @Setup(Level.Trial)
  public void prepare() {
    KvShape shape = new KvShape(format, queryHeads, kvHeads, headDim, context, blockSize);
    AttentionWorkload workload =
        new AttentionWorkload(
            shape,
            scattered,
            threads,
            residency,
            WorkingSetSize.of(workingSetBytes, residency, threads));
    attention =
        PagedAttention.plan(
            shape.attention(),
            format,
            blockSize,
            MeasuredKernel.start(threads, workload.workingSetBytes(), residency));
    sequences =
        KvSequences.fill(
            shape, workload.sequences(), scattered, kvLayout.of(scattered), Arena.ofShared());
    state = AttentionState.create(queryHeads, headDim);
    callBytes = workload.bytes().values().stream().mapToLong(Long::longValue).sum();
    callFlops = workload.flops();
    WarmUp.untilCompiled(this::call);
  }

  @Benchmark
  public AttentionState attend(TrafficCounters traffic) {
    call();
    traffic.add(callBytes, callFlops);
    return state;
  }

  private void call() {
    attention.attend(sequences.query(), sequences.cache(), sequences.table(), state);
    sequences.next();
  }
}
