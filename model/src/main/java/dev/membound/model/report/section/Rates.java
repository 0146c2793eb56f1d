package dev.membound.model.report.section;

import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.Sample;
import dev.membound.model.statistics.Quantiles;
import dev.membound.model.statistics.UsableSamples;
import java.util.List;

/** Rates that follow from a measurement's time. */
final class Rates {
  private Rates() {}

  /** FLOP/s; a longer time is a lower rate, so the ends change places. */
  static Interval flopsPerSecond(Measurement m) {
    Interval t = m.secondsPerCall();
    return new Interval(m.flops() / t.median(), m.flops() / t.high(), m.flops() / t.low());
  }

  /**
   * Amount a second of a ceiling: the median of the best fork, since noise only slows, within the
   * interval over all forks.
   *
   * @param amount bytes or FLOPs of a call
   */
  static Interval ceiling(Measurement m, double amount) {
    Interval t = m.secondsPerCall();
    double best =
        UsableSamples.byFork(m.samples()).stream()
            .mapToDouble(Rates::medianSeconds)
            .min()
            .orElse(t.median());
    return new Interval(
        amount / best,
        Math.min(amount / best, amount / t.high()),
        Math.max(amount / best, amount / t.low()));
  }

  private static double medianSeconds(List<Sample> fork) {
    return Quantiles.median(fork.stream().mapToDouble(Sample::secondsPerCall).toArray());
  }

  /** FLOP/B of the algorithm's own bytes. */
  static double arithmeticIntensity(Measurement m) {
    return m.flops() / (double) m.algorithmicBytes();
  }
}
