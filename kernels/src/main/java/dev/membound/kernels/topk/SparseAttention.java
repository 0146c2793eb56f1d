package dev.membound.kernels.topk;

import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedAttention;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.kernels.parallel.WorkerTeam;

/**
 * One decode step over a page budget: scan the {@link PageBounds}, select pages for each group,
 * attend to them. Reads {@code bounds.bytesRead() + selection().unionBytes(cache)} bytes; allocates
 * nothing. With a budget of all pages the result equals dense attention bit for bit.
 */
public final class SparseAttention {
  private final AttentionShape shape;
  private final WorkerTeam team;
  private final PagedAttention attention;
  private final PageSelection selection;
  private final float[] scores;
  private final int maxPages;

  private SparseAttention(
      AttentionShape shape, KvType type, int blockSize, int maxPages, WorkerTeam team) {
    this.shape = shape;
    this.team = team;
    this.maxPages = maxPages;
    this.attention = PagedAttention.plan(shape, type, blockSize, team);
    this.selection = PageSelection.create(shape.kvHeads(), blockSize, maxPages);
    this.scores = new float[Math.multiplyExact(shape.kvHeads(), maxPages)];
  }

  /**
   * @param maxPages pages of the longest sequence
   */
  public static SparseAttention plan(
      AttentionShape shape, KvType type, int blockSize, int maxPages, WorkerTeam team) {
    return new SparseAttention(shape, type, blockSize, maxPages, team);
  }

  /**
   * Attends to the best {@code budgetPages} pages of a sequence.
   *
   * @param bounds of exactly this sequence
   * @throws IllegalArgumentException if something does not fit
   */
  public void attend(
      float[] q,
      PagedKvCache cache,
      BlockTable table,
      PageBounds bounds,
      int budgetPages,
      AttentionState out) {
    if (bounds.tokens() != table.length()) {
      throw new IllegalArgumentException(
          "bounds cover %d tokens, the sequence has %d: extend them first"
              .formatted(bounds.tokens(), table.length()));
    }
    if (table.pages() > maxPages) {
      throw new IllegalArgumentException(
          "planned for %d pages, the sequence has %d".formatted(maxPages, table.pages()));
    }
    bounds.scanGroups(q, shape, scores, team);
    selection.select(scores, table, budgetPages);
    attention.attend(q, cache, selection.tables(), out);
  }

  /** What the last call selected. */
  public PageSelection selection() {
    return selection;
  }
}
