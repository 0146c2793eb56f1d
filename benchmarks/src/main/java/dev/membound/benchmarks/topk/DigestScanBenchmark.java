package dev.membound.benchmarks.topk;

import dev.membound.benchmarks.attention.KvSequences;
import dev.membound.benchmarks.attention.KvShape;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;

/** Quest's scan of the page bounds. */
public class DigestScanBenchmark extends TopKBenchmark {
  private KvSequences sequences;
  private Digests digests;
  private WorkerTeam team;
  private AttentionShape shape; // asked for in a call, it would be allocated there
  private float[] scores;

  @Override
  TopKWorkload workload(KvShape shape) {
    return new TopKWorkload(TopKKernel.DIGEST_SCAN, shape, 0, threads, residency, workingSetBytes);
  }

  @Override
  void plan(TopKWorkload workload, KvSequences sequences, WorkerTeam team, Arena arena) {
    this.sequences = sequences;
    this.team = team;
    shape = sequences.shape().attention();
    digests = Digests.of(sequences, workload.copies(), arena);
    scores = new float[kvHeads * sequences.table().pages()];
  }

  @Benchmark
  public float[] scan(TrafficCounters traffic) {
    call();
    count(traffic);
    return scores;
  }

  @Override
  void call() {
    digests.next().scanGroups(sequences.query(), shape, scores, team);
  }
}
