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
    for (int head = 0; head < tokens.length; head++) {
      tokens[head] = selection.tokens(context.table(), head);
    }
    return new Selected(tokens, scoredBytes);
  }
}
