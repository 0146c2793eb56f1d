package dev.membound.kernels.topk;

import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.PagedKvCache;
import java.util.Arrays;

/**
 * The pages that a decode step reads, a set for each KV head, shared by the query heads of its
 * group: the set is the group's union, so its bytes are the bytes read.
 *
 * <p>The last page is always kept and counts in the budget, as in Quest: it holds the newest tokens
 * and may be partly filled. A budget of all pages selects the table itself.
 */
public final class PageSelection {
  private final TopKSelector selector = new TopKSelector();
  private final int[][] pages;
  private final int[] counts;
  private final BlockTable[] tables;
  private long nanScores;

  private PageSelection(int kvHeads, int blockSize, int maxPages) {
    this.pages = new int[kvHeads][maxPages];
    this.counts = new int[kvHeads];
    this.tables = new BlockTable[kvHeads];
    Arrays.setAll(tables, head -> BlockTable.withCapacity(blockSize, maxPages));
  }

  /**
   * An empty selection.
   *
   * @param maxPages the largest budget
   */
  public static PageSelection create(int kvHeads, int blockSize, int maxPages) {
    if (kvHeads < 1 || maxPages < 1) {
      throw new IllegalArgumentException(
          "a selection needs KV heads and pages, not " + kvHeads + " and " + maxPages);
    }
    return new PageSelection(kvHeads, blockSize, maxPages);
  }

  /**
   * Selects for every KV head the last page and the {@code budgetPages − 1} best others.
   *
   * @param scores {@code kvHeads × table.pages()}
   * @param budgetPages at least 1, or 0 for the empty set
   * @throws IllegalArgumentException if the budget is negative or more than this selection holds
   */
  public void select(float[] scores, BlockTable table, int budgetPages) {
    int all = table.pages();
    int kept = Math.min(budgetPages, all);
    if (kept < 0 || kept > pages[0].length) {
      throw new IllegalArgumentException(
          "a budget of %d pages, this selection holds up to %d"
              .formatted(budgetPages, pages[0].length));
    }
    if (scores.length < (long) tables.length * all) {
      throw new IllegalArgumentException(
          "%d scores for %d KV heads × %d pages".formatted(scores.length, tables.length, all));
    }
    nanScores = 0;
    for (int head = 0; head < tables.length; head++) {
      if (kept > 0) {
        selector.select(scores, head * all, all - 1, kept - 1, pages[head], 0);
        nanScores += selector.nanScores();
        pages[head][kept - 1] = all - 1;
      }
      counts[head] = kept;
      tables[head].assignPages(table, pages[head], 0, kept);
    }
  }

  /** The live block tables, one a KV head, for {@code PagedAttention.attend}. */
  public BlockTable[] tables() {
    return tables;
  }

  /** Selected pages of a KV head. */
  public int count(int kvHead) {
    return counts[kvHead];
  }

  /** The {@code i}-th selected page of a KV head, ascending. */
  public int page(int kvHead, int i) {
    return pages[kvHead][i];
  }

  /** Scores that were NaN in the last selection and ranked last. */
  public long nanScores() {
    return nanScores;
  }

  /** Key and value bytes of the selected tokens, over all KV heads. */
  public long unionBytes(PagedKvCache cache) {
    long tokens = 0;
    for (BlockTable table : tables) {
      tokens += table.length();
    }
    return tokens * (cache.bytesPerToken() / tables.length);
  }
}
