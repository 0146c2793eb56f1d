package dev.membound.benchmarks.quality;

import java.util.Arrays;

/**
 * Times a step roughly, in turns with dense attention, in this process. Good for an axis of a
 * chart; the JMH benchmarks measure with forks and intervals.
 */
final class StepTimer {
  private static final long WARM_UP_NANOSECONDS = 200_000_000;
  private static final int CALLS = 9;

  /**
   * Median seconds a call.
   *
   * @param stepSeconds null where there is no step
   */
  record Times(Double stepSeconds, double denseSeconds) {}

  private StepTimer() {}

  /**
   * @param step null for none
   */
  static Times compare(Runnable step, Runnable dense) {
    warmUp(dense);
    if (step != null) {
      warmUp(step);
    }
    double[] stepSeconds = new double[CALLS];
    double[] denseSeconds = new double[CALLS];
    for (int i = 0; i < CALLS; i++) {
      denseSeconds[i] = seconds(dense);
      stepSeconds[i] = step == null ? 0 : seconds(step);
    }
    return new Times(step == null ? null : median(stepSeconds), median(denseSeconds));
  }

  private static void warmUp(Runnable call) {
    long start = System.nanoTime();
    do {
      call.run();
    } while (System.nanoTime() - start < WARM_UP_NANOSECONDS);
  }

  private static double seconds(Runnable call) {
    long start = System.nanoTime();
    call.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double median(double[] seconds) {
    Arrays.sort(seconds);
    return seconds[CALLS / 2];
  }
}
