package dev.membound.kernels.topk;

/**
 * Selects the fewest tokens whose softmax mass reaches p, so the budget adapts to how concentrated
 * a head is (<a href="https://arxiv.org/abs/2502.02770">Twilight</a>). With exact scores the mass
 * is exact; with page bounds it is an estimate.
 *
 * <p>Finds the count by bisection over {@link TopKSelector}, at most log₂ n selections. NaN ranks
 * last, weighs nothing and is counted; +∞ has all of the mass. One call at a time.
 */
public final class TopPSelector {
  private final TopKSelector selector = new TopKSelector();

  /**
   * Writes the selected indices of {@code scores[from] … scores[from + n − 1]}, relative to {@code
   * from} and ascending.
   *
   * @param scale of scores to logits
   * @param p mass to reach, 0 to 1
   * @param selected has room for n
   * @return how many
   * @throws IllegalArgumentException if p is not in [0, 1] or a range does not fit its array
   */
  public int select(float[] scores, int from, int n, double scale, double p, int[] selected) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("a mass of " + p + " is not in [0, 1]");
    }
    selector.select(scores, from, n, p == 0 ? 0 : n, selected, 0);
    if (n == 0 || p == 0) {
      return 0;
    }
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + n; i++) {
      max = Float.isNaN(scores[i]) ? max : Math.max(max, scores[i] * scale);
    }
    if (max == Double.NEGATIVE_INFINITY) {
      return 0;
    }
    double wanted = p * mass(scores, from, selected, n, scale, max);
    int low = 1;
    int high = n;
    while (low < high) {
      int middle = (low + high) >>> 1;
      selector.select(scores, from, n, middle, selected, 0);
      if (mass(scores, from, selected, middle, scale, max) >= wanted) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return selector.select(scores, from, n, low, selected, 0);
  }

  /** NaN scores that the last call saw. */
  public long nanScores() {
    return selector.nanScores();
  }

  private static double mass(
      float[] scores, int from, int[] selected, int count, double scale, double max) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      float score = scores[from + selected[i]];
      double below = score * scale == max ? 0 : score * scale - max; // +∞ − +∞ is 0 here
      sum += Float.isNaN(score) ? 0 : Math.exp(below);
    }
    return sum;
  }
}
