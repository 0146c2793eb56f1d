package dev.membound.benchmarks.ceiling;

/** One sum a worker, each on cache lines of its own. */
final class PartialSums {
  private static final int STRIDE = 32;
  private final int[] sums;

  PartialSums(int workers) {
    sums = new int[workers * STRIDE];
  }

  void set(int worker, int sum) {
    sums[worker * STRIDE] = sum;
  }

  /** Wrapping sum over the workers. */
  int total() {
    int total = 0;
    for (int i = 0; i < sums.length; i += STRIDE) {
      total += sums[i];
    }
    return total;
  }
}
