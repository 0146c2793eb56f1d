package dev.membound.benchmarks.ceiling;

/** How much a call does, so that waking the team and counting the call cost nothing beside it. */
final class CallSize {
  static final long BYTES_PER_THREAD = 64L << 20;

  private CallSize() {}

  /** Passes over a working set in one call: one in DRAM, hundreds in L1. */
  static int passes(long workingSetBytes, int threads) {
    return (int) Math.max(1, BYTES_PER_THREAD * threads / workingSetBytes);
  }
}
