package dev.membound.kernels.topk;

import java.util.Arrays;

/**
 * Selects the k largest of n scores. Among equal scores the smaller index wins; NaN counts as −∞;
 * −0 equals 0. So the result depends on the scores alone.
 *
 * <p>A radix select: three histograms over 11, 11 and 10 bits of an order-preserving integer key
 * narrow down the k-th largest key, then one pass collects. Linear in n whatever the scores. Holds
 * a histogram of its own: one call at a time; a call allocates nothing.
 */
public final class TopKSelector {
  private static final int DIGIT_BITS = 11;
  private static final int DIGITS = 1 << DIGIT_BITS;
  private static final int LOWEST = key(Float.NEGATIVE_INFINITY);

  private final int[] histogram = new int[DIGITS];
  private long nanScores;

  /**
   * Writes the indices of the {@code min(k, n)} largest of {@code scores[from] … scores[from + n −
   * 1]}, relative to {@code from} and ascending.
   *
   * @param selected receives the indices from {@code selectedFrom}
   * @return how many
   * @throws IllegalArgumentException if a count is negative or a range does not fit its array
   */
  public int select(float[] scores, int from, int n, int k, int[] selected, int selectedFrom) {
    int count = Math.min(k, n);
    check(scores, from, n, k, selected, selectedFrom, count);
    nanScores = 0;
    for (int i = from; i < from + n; i++) {
      nanScores += Float.isNaN(scores[i]) ? 1 : 0;
    }
    if (count == n) {
      for (int i = 0; i < n; i++) {
        selected[selectedFrom + i] = i;
      }
      return n;
    }
    if (count > 0) {
      collect(scores, from, n, count, selected, selectedFrom);
    }
    return count;
  }

  /** NaN scores that the last call saw. */
  public long nanScores() {
    return nanScores;
  }

  private void collect(
      float[] scores, int from, int n, int count, int[] selected, int selectedFrom) {
    // prefix: the bits of the k-th largest key that are known, the others 0.
    int prefix = 0;
    int left = count; // still to take among the keys with this prefix
    int shift = 32;
    while (shift > 0) {
      int bits = Math.min(DIGIT_BITS, shift);
      int known = shift == 32 ? 0 : -1 << shift;
      shift -= bits;
      Arrays.fill(histogram, 0);
      for (int i = from; i < from + n; i++) {
        int key = unsignedKey(scores[i]);
        if ((key & known) == prefix) {
          histogram[(key >>> shift) & ((1 << bits) - 1)]++;
        }
      }
      int digit = (1 << bits) - 1;
      while (histogram[digit] < left) {
        left -= histogram[digit--];
      }
      prefix |= digit << shift;
    }
    int at = selectedFrom;
    for (int i = 0; i < n; i++) {
      int key = unsignedKey(scores[from + i]);
      if (key == prefix ? left-- > 0 : Integer.compareUnsigned(key, prefix) > 0) {
        selected[at++] = i;
      }
    }
  }

  private static int unsignedKey(float score) {
    return (Float.isNaN(score) ? LOWEST : key(score)) ^ Integer.MIN_VALUE;
  }

  /** A signed integer that orders as the floats do. */
  private static int key(float score) {
    int bits = Float.floatToRawIntBits(score + 0f); // −0 becomes 0
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  private static void check(
      float[] scores, int from, int n, int k, int[] selected, int selectedFrom, int count) {
    if (k < 0 || n < 0) {
      throw new IllegalArgumentException("cannot select " + k + " of " + n + " scores");
    }
    if (from < 0 || from > scores.length - n) {
      throw new IllegalArgumentException(
          "%d scores from %d do not fit an array of %d".formatted(n, from, scores.length));
    }
    if (selectedFrom < 0 || selectedFrom > selected.length - count) {
      throw new IllegalArgumentException(
          "%d selected indices from %d do not fit an array of %d"
              .formatted(count, selectedFrom, selected.length));
    }
  }
}
