package dev.membound.benchmarks.quality;

import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.attention.PagedAttention;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.topk.StreamingWindow;
import java.util.Arrays;
import java.util.Optional;

/** StreamingLLM: the first tokens and the most recent ones. */
final class StreamingTokens implements SelectionMethod {
  @Override
  public String name() {
    return "StreamingLLM";
  }

  @Override
  public Selected select(KvContext context, int budgetTokens, WorkerTeam team) {
    int[] kept = kept(context, budgetTokens);
    int[][] tokens = new int[context.shape().kvHeads()][];
    Arrays.fill(tokens, kept);
    return new Selected(tokens, 0);
  }

  @Override
  public Optional<Runnable> step(KvContext context, int budgetTokens, WorkerTeam team) {
    int[] kept = kept(context, budgetTokens);
    PagedAttention attention =
        PagedAttention.plan(
            context.shape(), context.cache().type(), context.table().blockSize(), team);
    AttentionState state =
        AttentionState.create(context.shape().queryHeads(), context.shape().headDim());
    return Optional.of(
        () ->
            attention.attendTokens(
                context.query(), context.cache(), context.table(), kept, kept.length, state));
  }

  private static int[] kept(KvContext context, int budgetTokens) {
    int sinks = Math.min(StreamingWindow.DEFAULT.sinks(), budgetTokens - 1);
    int[] kept = new int[Math.min(budgetTokens, context.tokens())];
    int count = new StreamingWindow(sinks, budgetTokens - sinks).select(context.tokens(), kept);
    return Arrays.copyOf(kept, count);
  }
}
