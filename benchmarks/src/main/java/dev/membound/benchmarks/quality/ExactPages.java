package dev.membound.benchmarks.quality;

import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.attention.PagedAttention;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.topk.KeyScorer;
import dev.membound.kernels.topk.PageSelection;
import java.util.Optional;

/** The pages that hold the largest exact scores of a group: the best that any digest can do. */
final class ExactPages implements SelectionMethod {
  @Override
  public String name() {
    return "exact pages";
  }

  @Override
  public boolean selectsPages() {
    return true;
  }

  @Override
  public Selected select(KvContext context, int budgetTokens, WorkerTeam team) {
    Step step = new Step(context, budgetTokens, team);
    step.select();
    return Pages.selected(
        context, step.selection, KeyScorer.bytesRead(context.cache(), context.table()));
  }

  @Override
  public Optional<Runnable> step(KvContext context, int budgetTokens, WorkerTeam team) {
    return Optional.of(new Step(context, budgetTokens, team));
  }

  private static final class Step implements Runnable {
    private final KvContext context;
    private final int budgetPages;
    private final KeyScorer scorer;
    private final PageSelection selection;
    private final PagedAttention attention;
    private final AttentionState state;
    private final float[] tokenScores;
    private final float[] pageScores;

    Step(KvContext context, int budgetTokens, WorkerTeam team) {
      this.context = context;
      this.budgetPages = Pages.budget(context, budgetTokens);
      this.scorer = KeyScorer.plan(context.shape(), context.cache().type(), team);
      this.selection = Pages.selection(context);
      this.attention =
          PagedAttention.plan(
              context.shape(), context.cache().type(), context.table().blockSize(), team);
      this.state = AttentionState.create(context.shape().queryHeads(), context.shape().headDim());
      int heads = context.shape().kvHeads();
      this.tokenScores = new float[Math.multiplyExact(heads, context.tokens())];
      this.pageScores = new float[heads * context.table().pages()];
    }

    void select() {
      scorer.scoreGroups(context.query(), context.cache(), context.table(), tokenScores);
      KeyScorer.pageMaxima(tokenScores, context.shape().kvHeads(), context.table(), pageScores);
      selection.select(pageScores, context.table(), budgetPages);
    }

    @Override
    public void run() {
      select();
      attention.attend(context.query(), context.cache(), selection.tables(), state);
    }
  }
}
