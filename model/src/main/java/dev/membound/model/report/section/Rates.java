package dev.membound.model.report.section;

import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;

/** Rates that follow from a measurement's time. */
final class Rates {
  private Rates() {}

  /** FLOP/s; a longer time is a lower rate, so the ends change places. */
  static Interval flopsPerSecond(Measurement m) {
    Interval t = m.secondsPerCall();
    return new Interval(m.flops() / t.median(), m.flops() / t.high(), m.flops() / t.low());
  }

  /** FLOP/B of the algorithm's own bytes. */
  static double arithmeticIntensity(Measurement m) {
    return m.flops() / (double) m.algorithmicBytes();
  }
}
