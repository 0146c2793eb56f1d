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
  private final boolean[] chosen;
  private final int[] picks;
  private final BlockTable[] tables;
  private long nanScores;

  private PageSelection(int kvHeads, int blockSize, int maxPages) {
    this.pages = new int[kvHeads][maxPages];
    this.counts = new int[kvHeads];
    this.chosen = new boolean[maxPages];
    this.picks = new int[maxPages];
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
    check(scores, tables.length, table, kept);
    nanScores = 0;
    for (int head = 0; head < tables.length; head++) {
      selectRow(scores, head * all, all, kept, pages[head]);
      counts[head] = kept;
      tables[head].assignPages(table, pages[head], 0, kept);
    }
  }

  /**
   * Lets every query head select for itself and keeps, for each KV head, the union: what per-head
   * selection really reads under grouped queries, up to {@code group} times the budget.
   *
   * @param scores {@code kvHeads · group × table.pages()}
   * @param group query heads of a KV head
   * @param budgetPages of each query head, the last page included
   * @throws IllegalArgumentException as {@link #select}, or if the group is empty, or the sequence
   *     has more pages than this selection holds
   */
  public void selectUnion(float[] scores, int group, BlockTable table, int budgetPages) {
    if (group < 1) {
      throw new IllegalArgumentException("a group of " + group + " query heads");
    }
    nanScores = 0;
    for (int head = 0; head < tables.length; head++) {
      selectUnion(scores, head * group, group, table, budgetPages);
      counts[head] = drain(pages[head], table.pages());
      tables[head].assignPages(table, pages[head], 0, counts[head]);
    }
  }

  /**
   * One set for all heads: the last page and the pages best for any KV head.
   *
   * @param scores {@code kvHeads × table.pages()}; their maximum a page is overwritten into the
   *     first row
   * @throws IllegalArgumentException as {@link #select}
   */
  public void selectShared(float[] scores, BlockTable table, int budgetPages) {
    int all = table.pages();
    int kept = Math.min(budgetPages, all);
    check(scores, tables.length, table, kept);
    long nan = selector.countNaN(scores, 0, tables.length * all);
    for (int head = 1; head < tables.length; head++) {
      for (int page = 0; page < all; page++) {
        float other = scores[head * all + page];
        if (other > scores[page] || Float.isNaN(scores[page])) {
          scores[page] = other;
        }
      }
    }
    selectRow(scores, 0, all, kept, pages[0]);
    nanScores = nan;
    for (int head = 0; head < tables.length; head++) {
      System.arraycopy(pages[0], 0, pages[head], 0, kept);
      counts[head] = kept;
      tables[head].assignPages(table, pages[head], 0, kept);
    }
  }

  private void selectUnion(
      float[] scores, int firstRow, int group, BlockTable table, int budgetPages) {
    int all = table.pages();
    int kept = Math.min(budgetPages, all);
    check(scores, tables.length * group, table, kept);
    if (all > chosen.length) {
      throw new IllegalArgumentException(
          "a union over %d pages, this selection holds up to %d".formatted(all, chosen.length));
    }
    for (int row = firstRow; row < firstRow + group; row++) {
      selectRow(scores, row * all, all, kept, picks);
      for (int i = 0; i < kept; i++) {
        chosen[picks[i]] = true;
      }
    }
  }

  private int drain(int[] to, int all) {
    int count = 0;
    for (int page = 0; page < all; page++) {
      if (chosen[page]) {
        to[count++] = page;
        chosen[page] = false;
      }
    }
    return count;
  }

  /** The last page and the best others of a row of scores. */
  private void selectRow(float[] scores, int from, int all, int kept, int[] to) {
    if (kept > 0) {
      selector.select(scores, from, all - 1, kept - 1, to, 0);
      nanScores += selector.nanScores() + selector.countNaN(scores, from + all - 1, 1);
      to[kept - 1] = all - 1;
    } else {
      nanScores += selector.countNaN(scores, from, all);
    }
  }

  private void check(float[] scores, int rows, BlockTable table, int kept) {
    if (kept < 0 || kept > picks.length) {
      throw new IllegalArgumentException(
          "a budget of %d pages, this selection holds up to %d".formatted(kept, picks.length));
    }
    if (scores.length < (long) rows * table.pages()) {
      throw new IllegalArgumentException(
          "%d scores for %d heads × %d pages".formatted(scores.length, rows, table.pages()));
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

  /**
   * The tokens of a KV head's selected pages, ascending.
   *
   * @param table the one that was selected from
   */
  public int[] tokens(BlockTable table, int kvHead) {
    int[] tokens = new int[tables[kvHead].length()];
    int next = 0;
    for (int i = 0; i < counts[kvHead]; i++) {
      int page = pages[kvHead][i];
      for (int t = 0; t < table.tokensOfPage(page); t++) {
        tokens[next++] = page * table.blockSize() + t;
      }
    }
    return tokens;
  }

  /** Scores that were NaN in the last selection, those of the last page too. */
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
