package dev.membound.benchmarks.quality;

import dev.membound.kernels.topk.PageSelection;

/** What the methods that select pages have in common. */
final class Pages {
  private Pages() {}

  /** Whole pages that a budget pays for, at least the last one. */
  static int budget(KvContext context, int budgetTokens) {
    int pages = Math.max(1, budgetTokens / context.table().blockSize());
    return Math.min(pages, context.table().pages());
  }

  static PageSelection selection(KvContext context) {
    return PageSelection.create(
        context.shape().kvHeads(), context.table().blockSize(), context.table().pages());
  }

  /** The tokens of the selected pages. */
  static Selected selected(KvContext context, PageSelection selection, long scoredBytes) {
    int[][] tokens = new int[context.shape().kvHeads()][];
    int pageTokens = context.table().blockSize();
    for (int head = 0; head < tokens.length; head++) {
      tokens[head] = new int[selection.tables()[head].length()];
      int next = 0;
      for (int i = 0; i < selection.count(head); i++) {
        int page = selection.page(head, i);
        for (int t = 0; t < context.table().tokensOfPage(page); t++) {
          tokens[head][next++] = page * pageTokens + t;
        }
      }
    }
    return new Selected(tokens, scoredBytes);
  }
}
