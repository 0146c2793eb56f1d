package dev.membound.benchmarks.topk;

import dev.membound.benchmarks.attention.KvSequences;
import dev.membound.benchmarks.attention.KvShape;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.topk.SparseAttention;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Quest's whole decode step: scan the bounds, select pages, attend to them. */
public class SparseStepBenchmark extends TopKBenchmark {
  /** Tokens attended to. */
  @Param("2048")
  public int budgetTokens;

  private KvSequences sequences;
  private Digests digests;
  private SparseAttention attention;
  private AttentionState state;

  @Override
  TopKWorkload workload(KvShape shape) {
    return new TopKWorkload(
        TopKKernel.SPARSE_STEP, shape, budgetTokens, threads, residency, workingSetBytes);
  }

  @Override
  void plan(TopKWorkload workload, KvSequences sequences, WorkerTeam team, Arena arena) {
    this.sequences = sequences;
    digests = Digests.of(sequences, workload.copies(), arena);
    attention =
        SparseAttention.plan(
            sequences.shape().attention(), format, blockSize, sequences.table().pages(), team);
    state = AttentionState.create(queryHeads, headDim);
  }

  @Benchmark
  public AttentionState step(TrafficCounters traffic) {
    call();
    count(traffic);
    return state;
  }

  @Override
  void call() {
    attention.attend(
        sequences.query(),
        sequences.cache(),
        sequences.table(),
        digests.next(),
        budgetTokens / blockSize,
        state);
    sequences.next();
  }
}
