package dev.membound.benchmarks.quality;

import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.attention.PagedAttention;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.topk.PageSelection;
import java.util.Optional;

/**
 * Quest: the pages whose bounds promise the largest scores.
 *
 * @param sharing which heads share a set
 */
record QuestPages(PageSharing sharing) implements SelectionMethod {
  @Override
  public String name() {
    return "Quest " + sharing.label();
  }

  @Override
  public boolean selectsPages() {
    return true;
  }

  @Override
  public Selected select(KvContext context, int budgetTokens, WorkerTeam team) {
    Step step = new Step(context, budgetTokens, team);
    step.select();
    return Pages.selected(context, step.selection, context.bounds().bytesRead());
  }

  @Override
  public Optional<Runnable> step(KvContext context, int budgetTokens, WorkerTeam team) {
    return Optional.of(new Step(context, budgetTokens, team));
  }

  private final class Step implements Runnable {
    private final KvContext context;
    private final WorkerTeam team;
    private final int budgetPages;
    private final PageSelection selection;
    private final PagedAttention attention;
    private final AttentionState state;
    private final float[] scores;

    Step(KvContext context, int budgetTokens, WorkerTeam team) {
      this.context = context;
      this.team = team;
      this.budgetPages = Pages.budget(context, budgetTokens);
      this.selection = Pages.selection(context);
      this.attention =
          PagedAttention.plan(
              context.shape(), context.cache().type(), context.table().blockSize(), team);
      this.state = AttentionState.create(context.shape().queryHeads(), context.shape().headDim());
      this.scores = new float[context.shape().queryHeads() * context.table().pages()];
    }

    void select() {
      switch (sharing) {
        case GROUP -> {
          context.bounds().scanGroups(context.query(), context.shape(), scores, team);
          selection.select(scores, context.table(), budgetPages);
        }
        case UNION -> {
          context.bounds().scan(context.query(), context.shape(), scores, team);
          selection.selectUnion(scores, context.shape().group(), context.table(), budgetPages);
        }
        case ALL_HEADS -> {
          context.bounds().scanGroups(context.query(), context.shape(), scores, team);
          selection.selectShared(scores, context.table(), budgetPages);
        }
      }
    }

    @Override
    public void run() {
      select();
      attention.attend(context.query(), context.cache(), selection.tables(), state);
    }
  }
}
