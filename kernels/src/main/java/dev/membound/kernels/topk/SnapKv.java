package dev.membound.kernels.topk;

/**
 * <a href="https://arxiv.org/abs/2404.14469">SnapKV</a> for one head: at the end of the prompt,
 * keeps the tokens that the last queries attended to, smoothed over neighbours, and the window of
 * these queries itself; never changes while decoding.
 *
 * @param window last queries of the prompt, which vote and are kept
 * @param capacity tokens kept, more than the window
 * @param kernel width of the average pooling, odd
 */
public record SnapKv(int window, int capacity, int kernel) {
  public static final SnapKv DEFAULT = new SnapKv(32, 2048, 5);

  public SnapKv {
    if (window < 1 || capacity <= window || kernel < 1 || kernel % 2 == 0) {
      throw new IllegalArgumentException(
          "SnapKV with a window of %d, a capacity of %d and a kernel of %d"
              .formatted(window, capacity, kernel));
    }
  }

  /**
   * Selects from a prompt.
   *
   * @param probabilities {@code window × length}: the attention of each window query over the whole
   *     prompt
   * @return the kept tokens, ascending
   * @throws IllegalArgumentException if there are fewer probabilities
   */
  public int[] select(float[] probabilities, int length) {
    if (length < 0 || probabilities.length < (long) window * length) {
      throw new IllegalArgumentException(
          "%d probabilities of %d queries over %d tokens"
              .formatted(probabilities.length, window, length));
    }
    int prefix = Math.max(0, length - window);
    int kept = Math.min(prefix, capacity - window);
    int[] selected = new int[kept + length - prefix];
    new TopKSelector()
        .select(pooled(votes(probabilities, length, prefix)), 0, prefix, kept, selected, 0);
    for (int i = kept; i < selected.length; i++) {
      selected[i] = prefix + i - kept;
    }
    return selected;
  }

  private float[] votes(float[] probabilities, int length, int prefix) {
    float[] votes = new float[prefix];
    for (int query = 0; query < window; query++) {
      for (int token = 0; token < prefix; token++) {
        votes[token] += probabilities[query * length + token];
      }
    }
    return votes;
  }

  /** Average over {@code kernel} neighbours; what lies outside counts as 0, as in the original. */
  private float[] pooled(float[] votes) {
    float[] pooled = new float[votes.length];
    int reach = kernel / 2;
    for (int i = 0; i < votes.length; i++) {
      float sum = 0;
      for (int j = Math.max(0, i - reach); j <= Math.min(votes.length - 1, i + reach); j++) {
        sum += votes[j];
      }
      pooled[i] = sum / kernel;
    }
    return pooled;
  }
}
