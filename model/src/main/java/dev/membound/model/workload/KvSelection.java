package dev.membound.model.workload;

/**
 * Which part of the KV cache a decode step attends to, in layers that keep everything and have no
 * indexer of their own.
 */
public sealed interface KvSelection {

  /** All of it. */
  record Dense() implements KvSelection {
    @Override
    public String toString() {
      return "dense";
    }
  }

  /**
   * The best pages by an upper bound from each page's minimum and maximum key, Quest, Tang et al.,
   * ICML 2024, arXiv 2406.10774. The digest of a page of P tokens is two vectors, so scanning all
   * digests reads 2/P of the key bytes.
   *
   * @param pageTokens tokens a page
   * @param budgetTokens tokens attended to, a multiple of the page
   */
  record QuestTopK(int pageTokens, int budgetTokens) implements KvSelection {
    public QuestTopK {
      if (pageTokens < 1 || budgetTokens < pageTokens || budgetTokens % pageTokens != 0) {
        throw new IllegalArgumentException(
            "budget must be a positive multiple of the page, got "
                + budgetTokens
                + " tokens in pages of "
                + pageTokens);
      }
    }

    @Override
    public String toString() {
      return "top-k " + budgetTokens + " tokens in pages of " + pageTokens;
    }
  }
}
