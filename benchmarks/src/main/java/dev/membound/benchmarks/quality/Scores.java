package dev.membound.benchmarks.quality;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.topk.KeyScorer;

/** Exact scores and softmax probabilities of a context's queries. */
final class Scores {
  private Scores() {}

  /** The unscaled {@code q·k} of every query head and token, {@code queryHeads × tokens}. */
  static float[] perHead(KvContext context, float[] query, WorkerTeam team) {
    float[] scores = new float[Math.multiplyExact(context.shape().queryHeads(), context.tokens())];
    KeyScorer.plan(context.shape(), context.cache().type(), team)
        .score(query, context.cache(), context.table(), scores);
    return scores;
  }

  /** The largest score of a KV head's query heads, {@code kvHeads × tokens}. */
  static float[] perGroup(KvContext context, float[] query, WorkerTeam team) {
    float[] scores = new float[Math.multiplyExact(context.shape().kvHeads(), context.tokens())];
    KeyScorer.plan(context.shape(), context.cache().type(), team)
        .scoreGroups(query, context.cache(), context.table(), scores);
    return scores;
  }

  /**
   * Adds a head's softmax over some tokens to a row.
   *
   * @param scores {@code queryHeads × tokens}
   * @param tokens ascending, the first {@code count} of them
   * @param sums receives from {@code at} on, one a token
   */
  static void addProbabilities(
      KvContext context, float[] scores, int head, int[] tokens, int count, float[] sums, int at) {
    int row = head * context.tokens();
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, scores[row + tokens[i]]);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp(context.scale() * (scores[row + tokens[i]] - max));
    }
    for (int i = 0; i < count; i++) {
      double weight = Math.exp(context.scale() * (scores[row + tokens[i]] - max));
      sums[at + i] += (float) (weight / sum);
    }
  }
}
