package dev.membound.benchmarks.quality;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.topk.KeyScorer;
import dev.membound.kernels.topk.TopKSelector;
import java.util.Arrays;

/** The tokens with the largest exact scores of a group: reads every key. */
final class ExactTokens implements SelectionMethod {
  @Override
  public String name() {
    return "exact tokens";
  }

  @Override
  public Selected select(KvContext context, int budgetTokens, WorkerTeam team) {
    float[] scores = Scores.perGroup(context, context.query(), team);
    int tokens = context.tokens();
    int kept = Math.min(budgetTokens, tokens);
    TopKSelector selector = new TopKSelector();
    int[][] selected = new int[context.shape().kvHeads()][kept];
    for (int head = 0; head < selected.length; head++) {
      int count = selector.select(scores, head * tokens, tokens, kept, selected[head], 0);
      selected[head] = Arrays.copyOf(selected[head], count);
    }
    return new Selected(selected, KeyScorer.bytesRead(context.cache(), context.table()));
  }
}
