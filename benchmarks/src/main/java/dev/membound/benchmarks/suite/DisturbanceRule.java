package dev.membound.benchmarks.suite;

import dev.membound.benchmarks.sampling.SampleMetrics;
import dev.membound.model.run.Disturbance;
import java.util.ArrayList;
import java.util.List;

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
   * Every reason why a sample is disturbed; none where it is not.
   *
   * @param readCeilingCompiled whether the loops that read the ceiling were compiled, as far as
   *     their speed tells
   * @param warmUpSettled whether the warm-up ended by itself, see {@link WarmUp#settled}
   * @param allocatedBytesPerCall 0 where nobody counted, or where the kernel allocates by itself
   */
  static List<Disturbance> reasons(
      double cpuOverWall,
      double stealFraction,
      double jitSeconds,
      double wallSeconds,
      double readCeilingDrift,
      boolean readCeilingCompiled,
      boolean warmUpSettled,
      double allocatedBytesPerCall) {
    List<Disturbance> reasons = new ArrayList<>();
    add(reasons, cpuOverWall < LEAST_CPU_OVER_WALL, Disturbance.CORE_LOST);
    add(reasons, stealFraction > MOST_STEAL_FRACTION, Disturbance.STEAL);
    add(reasons, jitSeconds > MOST_JIT_FRACTION * wallSeconds, Disturbance.JIT);
    add(
        reasons,
        readCeilingDrift > SampleMetrics.MOST_READ_CEILING_DRIFT,
        Disturbance.CEILING_MOVED);
    add(reasons, !readCeilingCompiled, Disturbance.CEILING_NOT_COMPILED);
    add(reasons, !warmUpSettled, Disturbance.WARM_UP_CUT);
    add(reasons, allocatedBytesPerCall > MOST_BYTES_PER_CALL, Disturbance.ALLOCATION);
    return List.copyOf(reasons);
  }

  private static void add(List<Disturbance> reasons, boolean holds, Disturbance reason) {
    if (holds) {
      reasons.add(reason);
    }
  }
}
