package dev.membound.benchmarks.ceiling;

/** Rounding to powers of two, which the scattered order needs. */
final class PowerOfTwo {
  private PowerOfTwo() {}

  /** The smallest one that is at least {@code value}, which is 1 to 2^62. */
  static long atLeast(long value) {
    long down = atMost(value);
    return down == value ? value : down << 1;
  }

  /** The largest one that is at most {@code value}, which is at least 1. */
  static long atMost(long value) {
    return Long.highestOneBit(value);
  }
}
