package dev.membound.model.workload;

/** Which part of the KV cache a decode step attends to. */
public sealed interface KvSelection {

  /** Tokens whose keys and values are read when {@code context} are cached. */
  long attendedTokens(long context);

  /** Index elements a token of context, as a multiple of the key elements of that token. */
  double indexPerKeyElement();

  /** All of it. */
  record Dense() implements KvSelection {
    @Override
    public long attendedTokens(long context) {
      return context;
    }

    @Override
    public double indexPerKeyElement() {
      return 0;
    }

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
    public long attendedTokens(long context) {
      return Math.min(context, budgetTokens);
    }

    @Override
    public double indexPerKeyElement() {
      return 2.0 / pageTokens;
    }

    @Override
    public String toString() {
      return "top-k " + budgetTokens + " tokens in pages of " + pageTokens;
    }
  }
}
