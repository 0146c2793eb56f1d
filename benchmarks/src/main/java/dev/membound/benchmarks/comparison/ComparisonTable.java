package dev.membound.benchmarks.comparison;

import dev.membound.benchmarks.comparison.Comparison.PeerKernel;
import dev.membound.benchmarks.suite.PlannedWorkload;
import dev.membound.benchmarks.suite.Workload;
import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.Sample;
import dev.membound.model.statistics.HierarchicalBootstrap;
import dev.membound.model.statistics.UsableSamples;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Comparisons side by side, a row a peer. The ratio is that of elements a second, ours over the
 * peer's, so above 1 we are faster; its 90 % interval is a bootstrap over forks, then samples.
 * Where one of both has too few undisturbed samples, the ratio takes all samples of both. Shares
 * are of the read bandwidth that the same fork measured around each sample, each kernel counted
 * with its own bytes. A result that was refused as impossible is in no row; {@link #leftOut} names
 * it.
 */
public final class ComparisonTable {
  private static final int REPLICATES = 1000;
  private static final double PERCENT = 100;

  private final Map<String, Measurement> measured = new HashMap<>();
  private final HierarchicalBootstrap bootstrap;

  public ComparisonTable(MeasurementFile file) {
    for (Measurement measurement : file.measurements()) {
      measured.put(measurement.id(), measurement);
    }
    bootstrap = new HierarchicalBootstrap(REPLICATES, file.seed());
  }

  /**
   * The table of what has been measured; a comparison without any result has no row.
   *
   * @param elements what is counted, for instance {@code weights}
   */
  public DataTable of(String caption, String elements, List<Comparison> comparisons) {
    List<List<Object>> rows = new ArrayList<>();
    for (Comparison comparison : comparisons) {
      Measurement ours = comparison.ours() == null ? null : find(comparison.ours());
      for (PeerKernel peer : comparison.peers()) {
        Measurement theirs = find(peer.workload());
        if (theirs != null) {
          rows.add(row(comparison, ours, peer.label(), theirs));
        }
      }
    }
    String unit = "G" + elements + "/s";
    return new DataTable(
        caption,
        List.of(
            Column.text("format"),
            Column.number("ours", unit),
            Column.percent("our share"),
            Column.text("peer"),
            Column.number("its", unit),
            Column.percent("its share"),
            Column.number("ours/peer", ""),
            Column.number("from", ""),
            Column.number("to", "")),
        rows);
  }

  private List<Object> row(
      Comparison comparison, Measurement ours, String peer, Measurement theirs) {
    Interval ratio = ours == null ? null : speedUp(ours, theirs);
    return DataTable.row(
        comparison.format(),
        billionsPerSecond(comparison, ours),
        sharePercent(ours),
        peer,
        billionsPerSecond(comparison, theirs),
        sharePercent(theirs),
        ratio == null ? null : ratio.median(),
        ratio == null ? null : ratio.low(),
        ratio == null ? null : ratio.high());
  }

  private Interval speedUp(Measurement ours, Measurement theirs) {
    boolean all =
        UsableSamples.includeDisturbed(ours.samples())
            || UsableSamples.includeDisturbed(theirs.samples());
    return bootstrap.ratioOfMedians(seconds(theirs, all), seconds(ours, all));
  }

  private static double[][] seconds(Measurement measurement, boolean withDisturbed) {
    return UsableSamples.byFork(measurement.samples(), withDisturbed).stream()
        .map(fork -> fork.stream().mapToDouble(Sample::secondsPerCall).toArray())
        .toArray(double[][]::new);
  }

  /** One line for each result that was refused, with the reason. */
  public List<String> leftOut(List<Comparison> comparisons) {
    List<String> lines = new ArrayList<>();
    for (Comparison comparison : comparisons) {
      if (comparison.ours() != null) {
        addRefused("ours", comparison.ours(), lines);
      }
      for (PeerKernel peer : comparison.peers()) {
        addRefused(peer.label(), peer.workload(), lines);
      }
    }
    return lines;
  }

  private void addRefused(String label, Workload workload, List<String> lines) {
    String id = id(workload);
    Measurement found = measured.get(id);
    if (found != null && found.refused() != null) {
      lines.add("left out, refused: %s, %s: %s".formatted(label, id, found.refused()));
    }
  }

  /** The sound measurement of a workload; null before its first fork, and where it is refused. */
  private Measurement find(Workload workload) {
    Measurement found = measured.get(id(workload));
    return found == null || found.secondsPerCall() == null || found.refused() != null
        ? null
        : found;
  }

  private static String id(Workload workload) {
    return new PlannedWorkload(workload, 1).id();
  }

  private static Double billionsPerSecond(Comparison comparison, Measurement measurement) {
    return measurement == null
        ? null
        : comparison.elements() / measurement.secondsPerCall().median() / 1e9;
  }

  private static Double sharePercent(Measurement measurement) {
    return measurement == null || measurement.shareOfReadCeiling() == null
        ? null
        : PERCENT * measurement.shareOfReadCeiling().median();
  }
}
