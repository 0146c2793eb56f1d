package dev.membound.benchmarks.sampling;

import dev.membound.model.calibrate.PhysicsCheck;
import java.util.OptionalDouble;

/** A kernel's share of a ceiling that was probed right before and right after it. */
final class RooflineShare {
  private RooflineShare() {}

  /**
   * {@code rate} over the mean of both probes; empty when they differ by more than 10 %, or when
   * the share is above {@link PhysicsCheck#TOLERANCE}, for then the probe was not at its full
   * speed.
   *
   * @param rate of the kernel, in the unit of the ceiling
   * @param before the ceiling before it; NaN where unknown, which leaves the share out
   * @param after the ceiling after it
   */
  static OptionalDouble of(double rate, double before, double after) {
    double drift = Math.max(before, after) / Math.min(before, after) - 1;
    return ofMean(rate, (before + after) / 2, drift);
  }

  /** As the other, for a ceiling whose drift is known: larger over smaller probe, minus 1. */
  static OptionalDouble ofMean(double rate, double ceiling, double drift) {
    double share = rate / ceiling;
    return drift <= SampleMetrics.MOST_READ_CEILING_DRIFT && share <= PhysicsCheck.TOLERANCE
        ? OptionalDouble.of(share)
        : OptionalDouble.empty();
  }
}
