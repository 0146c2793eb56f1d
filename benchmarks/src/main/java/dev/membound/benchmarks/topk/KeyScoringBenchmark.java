package dev.membound.benchmarks.topk;

import dev.membound.benchmarks.attention.KvSequences;
import dev.membound.benchmarks.attention.KvShape;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.topk.KeyScorer;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;

/** Scoring every key exactly. */
public class KeyScoringBenchmark extends TopKBenchmark {
  private KvSequences sequences;
  private KeyScorer scorer;
  private float[] scores;

  @Override
  TopKWorkload workload(KvShape shape) {
    return new TopKWorkload(TopKKernel.KEY_SCORING, shape, 0, threads, residency, workingSetBytes);
  }

  @Override
  void plan(TopKWorkload workload, KvSequences sequences, WorkerTeam team, Arena arena) {
    this.sequences = sequences;
    scorer = KeyScorer.plan(sequences.shape().attention(), format, team);
    scores = new float[kvHeads * context];
  }

  @Benchmark
  public float[] score(TrafficCounters traffic) {
    call();
    count(traffic);
    return scores;
  }

  @Override
  void call() {
    scorer.scoreGroups(sequences.query(), sequences.cache(), sequences.table(), scores);
    sequences.next();
  }
}
