package dev.membound.benchmarks.suite;

import dev.membound.benchmarks.sampling.SampleMetrics;

/**
 * When a sample counts as disturbed. Keeping samples with CPU/wall of at least 0.98 cut the spread
 * of log time from 0.33 to 0.065 on a busy machine; steal gets the same 2 % of the iteration, JIT
 * activity 5 %.
 */
final class DisturbanceRule {
  private static final double LEAST_CPU_OVER_WALL = 0.98;
  private static final double MOST_STEAL_FRACTION = 0.02;
  private static final double MOST_JIT_FRACTION = 0.05;

  /** Beyond it a call still runs vector code that C2 has not compiled. */
  static final long MOST_BYTES_PER_CALL = 1024;

  private DisturbanceRule() {}

  /**
   * @param allocatedBytesPerCall 0 where nobody counted, or where the kernel allocates by itself
   */
  static boolean disturbed(
      double cpuOverWall,
      double stealFraction,
      double jitSeconds,
      double wallSeconds,
      double readCeilingDrift,
      double allocatedBytesPerCall) {
    return cpuOverWall < LEAST_CPU_OVER_WALL
        || stealFraction > MOST_STEAL_FRACTION
        || jitSeconds > MOST_JIT_FRACTION * wallSeconds
        || readCeilingDrift > SampleMetrics.MOST_READ_CEILING_DRIFT
        || allocatedBytesPerCall > MOST_BYTES_PER_CALL;
  }
}
