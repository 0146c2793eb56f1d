package dev.membound.benchmarks.quality;

import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.attention.PagedAttention;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.topk.SelectionQuality;
import dev.membound.model.run.QualityFile.Row;
import java.util.Arrays;

/** Judges selections of one context against attention to all of it. */
final class QualityJudge {
  private final KvContext context;
  private final PagedAttention attention;
  private final AttentionState dense;
  private final float[] scores;

  QualityJudge(KvContext context, WorkerTeam team) {
    this.context = context;
    this.attention =
        PagedAttention.plan(
            context.shape(), context.cache().type(), context.table().blockSize(), team);
    this.dense = state();
    attendToAll();
    this.scores = Scores.perHead(context, context.query(), team);
  }

  /** One row of a sweep. */
  Row judge(SelectionMethod method, int budgetTokens, WorkerTeam team) {
    Selected selected = method.select(context, budgetTokens, team);
    SelectionQuality quality =
        SelectionQuality.measure(
            context.shape(), context.tokens(), selected.tokens(), scores, dense, sparse(selected));
    StepTimer.Times timed =
        StepTimer.compare(method.step(context, budgetTokens, team).orElse(null), this::attendToAll);
    return new Row(
        context.source(),
        method.name(),
        context.tokens(),
        method.selectsPages() ? context.table().blockSize() : 1,
        budgetTokens,
        selected.meanTokens(),
        Arrays.stream(quality.recall()).average().orElseThrow(),
        Arrays.stream(quality.mass()).average().orElseThrow(),
        Arrays.stream(quality.mass()).min().orElseThrow(),
        Arrays.stream(quality.relativeL2()).average().orElseThrow(),
        Arrays.stream(quality.relativeL2()).max().orElseThrow(),
        selected.readBytes(context),
        context.cache().bytesPerToken() * context.tokens(),
        timed.stepSeconds(),
        timed.denseSeconds());
  }

  private void attendToAll() {
    attention.attend(context.query(), context.cache(), context.table(), dense);
  }

  /** Attention to the selected tokens, of each group to its own. */
  private AttentionState sparse(Selected selected) {
    AttentionState all = state();
    AttentionState one = state();
    int group = context.shape().group();
    int width = group * context.shape().headDim();
    for (int kvHead = 0; kvHead < selected.tokens().length; kvHead++) {
      int[] tokens = selected.tokens()[kvHead];
      attention.attendTokens(
          context.query(), context.cache(), context.table(), tokens, tokens.length, one);
      System.arraycopy(one.output(), kvHead * width, all.output(), kvHead * width, width);
      System.arraycopy(one.lse(), kvHead * group, all.lse(), kvHead * group, group);
    }
    return all;
  }

  private AttentionState state() {
    return AttentionState.create(context.shape().queryHeads(), context.shape().headDim());
  }
}
