package dev.membound.benchmarks.quality;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.topk.HeavyHitters;
import java.util.Arrays;

/**
 * H2O, a KV head at a time: half of the budget heavy hitters, half recent tokens. It sees the
 * queries that the context has, not one a token, and sums the probabilities of a group.
 */
final class HeavyHitterTokens implements SelectionMethod {
  @Override
  public String name() {
    return "H2O";
  }

  @Override
  public Selected select(KvContext context, int budgetTokens, WorkerTeam team) {
    int heads = context.shape().kvHeads();
    HeavyHitters[] hitters = new HeavyHitters[heads];
    Arrays.setAll(
        hitters, head -> new HeavyHitters(budgetTokens / 2, budgetTokens - budgetTokens / 2));
    float[] probabilities = new float[budgetTokens];
    int token = 0;
    for (int q = 0; q < context.queries().length - 1; q++) {
      for (; token <= context.queryTokens()[q]; token++) {
        for (HeavyHitters hitter : hitters) {
          hitter.append();
        }
      }
      float[] scores = Scores.perHead(context, context.queries()[q], team);
      for (int head = 0; head < heads; head++) {
        observe(context, scores, head, hitters[head], probabilities);
      }
    }
    int[][] tokens = new int[heads][];
    for (int head = 0; head < heads; head++) {
      for (int rest = token; rest < context.tokens(); rest++) {
        hitters[head].append();
      }
      tokens[head] = Arrays.copyOf(hitters[head].kept(), hitters[head].count());
    }
    long sums = 0;
    for (int[] head : tokens) {
      sums += (long) head.length * Float.BYTES;
    }
    return new Selected(tokens, sums);
  }

  private static void observe(
      KvContext context, float[] scores, int kvHead, HeavyHitters hitter, float[] probabilities) {
    Arrays.fill(probabilities, 0, hitter.count(), 0);
    int group = context.shape().group();
    for (int head = kvHead * group; head < (kvHead + 1) * group; head++) {
      Scores.addProbabilities(
          context, scores, head, hitter.kept(), hitter.count(), probabilities, 0);
    }
    hitter.accumulate(probabilities);
  }
}
