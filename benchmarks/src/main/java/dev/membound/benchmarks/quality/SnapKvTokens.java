package dev.membound.benchmarks.quality;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.topk.SnapKv;
import java.util.stream.IntStream;

/**
 * SnapKV, a KV head at a time: what the last queries of the context, summed over a group, look at.
 */
final class SnapKvTokens implements SelectionMethod {
  @Override
  public String name() {
    return "SnapKV";
  }

  @Override
  public Selected select(KvContext context, int budgetTokens, WorkerTeam team) {
    int tokens = context.tokens();
    int heads = context.shape().kvHeads();
    int window = window(context, budgetTokens);
    float[][] votes = new float[heads][Math.multiplyExact(window, tokens)];
    int[] all = IntStream.range(0, tokens).toArray();
    for (int i = 0; i < window; i++) {
      int q = context.queries().length - window + i;
      float[] scores = Scores.perHead(context, context.queries()[q], team);
      int seen = context.queryTokens()[q] + 1;
      for (int head = 0; head < context.shape().queryHeads(); head++) {
        Scores.addProbabilities(
            context, scores, head, all, seen, votes[head / context.shape().group()], i * tokens);
      }
    }
    SnapKv snap = new SnapKv(window, budgetTokens, SnapKv.DEFAULT.kernel());
    int[][] selected = new int[heads][];
    for (int head = 0; head < heads; head++) {
      selected[head] = snap.select(votes[head], tokens);
    }
    return new Selected(selected, 0);
  }

  /**
   * Its default, or fewer where the context has fewer queries at its end or the budget is small.
   */
  private static int window(KvContext context, int budgetTokens) {
    int[] queryTokens = context.queryTokens();
    int consecutive = 1;
    while (consecutive < queryTokens.length
        && queryTokens[queryTokens.length - consecutive - 1]
            == queryTokens[queryTokens.length - consecutive] - 1) {
      consecutive++;
    }
    int most = Math.min(SnapKv.DEFAULT.window(), consecutive);
    return Math.max(1, Math.min(most, budgetTokens - 1));
  }
}
