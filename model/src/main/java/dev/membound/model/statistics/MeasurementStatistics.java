package dev.membound.model.statistics;

import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.Sample;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Fills in what a measurement's samples say: medians with hierarchical bootstrap intervals. */
public final class MeasurementStatistics {
  private static final int REPLICATES = 1000;

  private MeasurementStatistics() {}

  /**
   * The same measurement with its three intervals computed from the {@link UsableSamples}. The
   * share of the read ceiling is the median of paired ratios, each sample against the ceiling of
   * its own moment.
   *
   * @param raw its intervals are ignored
   * @param seed of the bootstrap
   * @return all three intervals null without samples; the bandwidth null without bytes; the share
   *     null where the samples carry no ceiling
   */
  public static Measurement summarise(Measurement raw, long seed) {
    List<List<Sample>> forks = UsableSamples.byFork(raw.samples());
    HierarchicalBootstrap bootstrap = new HierarchicalBootstrap(REPLICATES, seed);
    double bytes = raw.algorithmicBytes();
    Interval seconds = interval(bootstrap, forks, Sample::secondsPerCall);
    Interval bandwidth =
        bytes == 0 ? null : interval(bootstrap, forks, s -> bytes / s.secondsPerCall() / 1e9);
    Interval share =
        bytes == 0
            ? null
            : interval(
                bootstrap,
                withCeiling(forks),
                s -> bytes / s.secondsPerCall() / s.readCeilingBytesPerSecond());
    return raw.withIntervals(seconds, bandwidth, share);
  }

  private static List<List<Sample>> withCeiling(List<List<Sample>> forks) {
    return forks.stream()
        .map(fork -> fork.stream().filter(s -> s.readCeilingBytesPerSecond() != null).toList())
        .filter(fork -> !fork.isEmpty())
        .toList();
  }

  private static Interval interval(
      HierarchicalBootstrap bootstrap,
      List<List<Sample>> forks,
      ToDoubleFunction<Sample> statistic) {
    if (forks.isEmpty()) {
      return null;
    }
    double[][] values =
        forks.stream()
            .map(fork -> fork.stream().mapToDouble(statistic).toArray())
            .toArray(double[][]::new);
    return bootstrap.median(values);
  }
}
