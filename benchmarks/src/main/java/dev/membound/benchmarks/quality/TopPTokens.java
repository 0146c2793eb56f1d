package dev.membound.benchmarks.quality;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.topk.KeyScorer;
import dev.membound.kernels.topk.TopPSelector;
import java.util.BitSet;

/**
 * The fewest tokens whose exact softmax mass reaches p, a query head at a time; a KV head reads the
 * union of its group.
 *
 * @param p mass to reach
 */
record TopPTokens(double p) implements SelectionMethod {
  @Override
  public String name() {
    return "top-p " + p;
  }

  @Override
  public boolean findsBudget() {
    return true;
  }

  @Override
  public Selected select(KvContext context, int budgetTokens, WorkerTeam team) {
    float[] scores = Scores.perHead(context, context.query(), team);
    int tokens = context.tokens();
    int[] picks = new int[tokens];
    TopPSelector selector = new TopPSelector();
    BitSet[] unions = new BitSet[context.shape().kvHeads()];
    for (int head = 0; head < context.shape().queryHeads(); head++) {
      int kvHead = head / context.shape().group();
      if (unions[kvHead] == null) {
        unions[kvHead] = new BitSet(tokens);
      }
      int count = selector.select(scores, head * tokens, tokens, context.scale(), p, picks);
      for (int i = 0; i < count; i++) {
        unions[kvHead].set(picks[i]);
      }
    }
    int[][] selected = new int[unions.length][];
    for (int head = 0; head < unions.length; head++) {
      selected[head] = unions[head].stream().toArray();
    }
    return new Selected(selected, KeyScorer.bytesRead(context.cache(), context.table()));
  }
}
