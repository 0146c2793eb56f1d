package dev.membound.kernels.topk;

import java.util.Arrays;

/**
 * Selects the k largest of n scores. Among equal scores the smaller index wins; NaN counts as −∞;
 * −0 equals 0. So the result depends on the scores alone.
 *
 * <p>A threshold from a sample keeps a few per cent as candidates, in one vectorised pass with
 * compress; a radix select over up to three times 11 bits of an order-preserving integer key finds
 * the k-th largest of them. Where the sample misleads, all scores are candidates: linear in n
 * whatever they are. Holds scratch memory: one call at a time; a call allocates nothing once it has
 * seen the largest n.
 */
public final class TopKSelector {
  private static final int PART_BITS = 11;
  private static final int LOWEST = key(Float.NEGATIVE_INFINITY);

  private static final int SAMPLES = 2048;
  private static final int MIN_SAMPLED = 4096;

  private final ThresholdFilter filter = ThresholdFilter.create();
  private final int[] histogram = new int[1 << PART_BITS];
  private final int[] sample = new int[SAMPLES];
  private int[] candidateKeys = new int[0];
  private int[] candidateIndex = new int[0];
  private int[] rest = new int[SAMPLES];
  private int kth;
  private int ties;
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
    if (count == n || count == 0) {
      nanScores = filter.countNaN(scores, from, n);
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

  /** NaN among n scores, for those that a caller leaves out of a selection. */
  long countNaN(float[] scores, int from, int n) {
    return filter.countNaN(scores, from, n);
  }

  /**
   * Narrows the candidates by a threshold first: the {@code count}-th largest of a sample's scores,
   * a little lower, keeps a few per cent. If it kept too few, everything is a candidate.
   */
  private void collect(
      float[] scores, int from, int n, int count, int[] selected, int selectedFrom) {
    int candidates = n >= MIN_SAMPLED && count <= n / 8 ? gather(scores, from, n, count) : 0;
    if (candidates >= count) {
      nanScores = filter.nanScores;
      findKth(candidateKeys, candidates, count);
      emit(candidateKeys, candidateIndex, candidates, selected, selectedFrom);
      return;
    }
    nanScores = filter.countNaN(scores, from, n);
    reserve(n);
    for (int i = 0; i < n; i++) {
      candidateKeys[i] = orderedKey(scores[from + i]);
      candidateIndex[i] = i;
    }
    findKth(candidateKeys, n, count);
    emit(candidateKeys, candidateIndex, n, selected, selectedFrom);
  }

  /** Collects what may be among the largest; returns how many, or 0 if that would be too many. */
  private int gather(float[] scores, int from, int n, int count) {
    int samples = Math.min(SAMPLES, n / 8);
    int step = n / samples;
    for (int i = 0; i < samples; i++) {
      // One of every stretch, at a scattered place: scores may be periodic, in pages for instance.
      int offset = (int) ((i * 0x9E3779B97F4A7C15L >>> 40) * step >>> 24);
      sample[i] = orderedKey(scores[from + i * step + offset]);
    }
    // Three standard deviations more than the share that is wanted.
    double wanted = (double) count / n * samples;
    int rank = (int) Math.ceil(wanted + 3 * Math.sqrt(wanted)) + 2;
    findKth(sample, samples, rank);
    if (kth == LOWEST) { // a filter by −∞ would let −∞ pass, but not NaN
      return 0;
    }
    float threshold = score(kth);
    int room = n / 2;
    reserve(room);
    int found = filter.above(scores, from, n, threshold, candidateIndex, room);
    for (int i = 0; i < found; i++) {
      candidateKeys[i] = orderedKey(scores[from + candidateIndex[i]]);
    }
    return found;
  }

  private void reserve(int room) {
    if (candidateKeys.length < room) {
      candidateKeys = new int[room];
      candidateIndex = new int[room];
      rest = new int[Math.max(room, SAMPLES)];
    }
  }

  /**
   * Finds the {@code count}-th largest key, {@link #kth}, and how many equal to it are wanted: a
   * histogram of the keys' range says in which of its parts it lies, a histogram of that part where
   * in the part, at most three times. Without branches on keys, which would be mispredicted.
   */
  private void findKth(int[] keys, int n, int count) {
    int[] live = keys;
    int size = n;
    int left = count; // still to take among the live keys
    while (true) {
      int lowest = Integer.MAX_VALUE;
      int highest = Integer.MIN_VALUE;
      for (int i = 0; i < size; i++) {
        lowest = Math.min(lowest, live[i]);
        highest = Math.max(highest, live[i]);
      }
      int range = highest - lowest; // unsigned
      int shift = Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(range) - PART_BITS);
      int part = range >>> shift;
      Arrays.fill(histogram, 0, part + 1, 0);
      for (int i = 0; i < size; i++) {
        histogram[(live[i] - lowest) >>> shift]++;
      }
      while (histogram[part] < left) {
        left -= histogram[part--];
      }
      if (shift == 0) {
        kth = lowest + part;
        ties = left;
        return;
      }
      int kept = 0;
      for (int i = 0; i < size; i++) {
        int key = live[i];
        rest[kept] = key;
        int distance = ((key - lowest) >>> shift) ^ part;
        kept += (distance - 1) >>> 31; // 1 where the distance is 0
      }
      live = rest;
      size = kept;
    }
  }

  private void emit(int[] keys, int[] index, int n, int[] selected, int selectedFrom) {
    int at = 0;
    int left = ties;
    for (int i = 0; i < n; i++) {
      int key = keys[i];
      rest[at] = index[i];
      at += (int) (((long) kth - key) >>> 63); // 1 where the key is larger
      if (key == kth && left > 0) {
        left--;
        at++;
      }
    }
    System.arraycopy(rest, 0, selected, selectedFrom, at);
  }

  /** A signed integer that orders as the scores do; NaN as −∞. */
  private static int orderedKey(float score) {
    return Float.isNaN(score) ? LOWEST : key(score);
  }

  /** A signed integer that orders as the floats do. */
  private static int key(float score) {
    int bits = Float.floatToRawIntBits(score + 0f); // −0 becomes 0
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  /** The score of a {@link #key}. */
  private static float score(int key) {
    return Float.intBitsToFloat(key ^ ((key >> 31) & Integer.MAX_VALUE));
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
