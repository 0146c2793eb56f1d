package dev.membound.model.report.section;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.chart.Mark;
import dev.membound.model.chart.MarkSeries;
import dev.membound.model.chart.Paint;
import dev.membound.model.chart.RowChart;
import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.Residency;
import dev.membound.model.run.Sample;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How close each kernel comes to the read ceiling of its own run. */
final class KernelSection implements ReportSection {
  private static final String NONE =
      "measurements.json holds no sound kernel result with a read ceiling. Run `./membound measure`.";

  @Override
  public String id() {
    return "kernels";
  }

  @Override
  public String title() {
    return "Kernels against the read ceiling";
  }

  @Override
  public SectionBody render(RunDocuments run) {
    List<Measurement> shares =
        run.kernels().stream().filter(m -> m.shareOfReadCeiling() != null).toList();
    List<Measurement> shown = fromDram(shares);
    List<Figure> figures = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    if (shown.isEmpty()) {
      missing.add(NONE);
    } else {
      figures.add(
          new Figure(
              "figure-share",
              "Share of the read ceiling, from " + level(shown),
              takeaway(shown),
              "1.0 is the bandwidth of a plain read with the same threads, probed beside the same"
                  + " samples. Dots are medians of undisturbed samples, or of all where fewer than a"
                  + " third are undisturbed, bars 90 % intervals over forks.",
              chart(shown),
              List.of(table(run.kernels()))));
    }
    return new SectionBody(refusals(run), refusedTables(run), figures, missing);
  }

  private static List<Measurement> fromDram(List<Measurement> shares) {
    List<Measurement> dram = shares.stream().filter(m -> m.residency() == Residency.DRAM).toList();
    return dram.isEmpty() ? shares : dram;
  }

  private static String level(List<Measurement> shown) {
    return shown.stream().allMatch(m -> m.residency() == Residency.DRAM) ? "DRAM" : "any level";
  }

  private static String takeaway(List<Measurement> shown) {
    Comparator<Measurement> byShare =
        Comparator.comparingDouble(m -> m.shareOfReadCeiling().median());
    Measurement best = shown.stream().max(byShare).orElseThrow();
    Measurement worst = shown.stream().min(byShare).orElseThrow();
    if (best == worst) {
      return named(best) + " is the only result.";
    }
    long close = shown.stream().filter(m -> m.shareOfReadCeiling().median() >= 0.9).count();
    String count =
        close == 0
            ? "None of " + shown.size() + " results reaches 90 % of the read ceiling"
            : close == shown.size()
                ? "All " + shown.size() + " results reach 90 % of the read ceiling or more"
                : close + " of " + shown.size() + " results reach 90 % of the read ceiling or more";
    return count + "; the best is " + named(best) + ", the furthest from it " + named(worst) + ".";
  }

  private static String named(Measurement m) {
    return Labels.kernel(m)
        + " with "
        + Labels.threads(m.threads())
        + " at "
        + Numbers.percent(m.shareOfReadCeiling().median());
  }

  private static RowChart chart(List<Measurement> shown) {
    TreeMap<String, List<Measurement>> rows =
        shown.stream()
            .collect(Collectors.groupingBy(rowLabels(shown), TreeMap::new, Collectors.toList()));
    List<String> labels = List.copyOf(rows.keySet());
    TreeSet<Integer> threads =
        shown.stream().map(Measurement::threads).collect(Collectors.toCollection(TreeSet::new));
    List<MarkSeries> series = new ArrayList<>();
    for (int t : threads) {
      List<Mark> marks = new ArrayList<>();
      for (int r = 0; r < labels.size(); r++) {
        for (Measurement m : rows.get(labels.get(r))) {
          if (m.threads() == t) {
            marks.add(Mark.inRow(r, m.shareOfReadCeiling(), tip(m)));
          }
        }
      }
      int n = series.size();
      series.add(new MarkSeries(Labels.threads(t), Paint.series(n), MarkSeries.symbol(n), marks));
    }
    double highest = shown.stream().mapToDouble(m -> m.shareOfReadCeiling().high()).max().orElse(1);
    return new RowChart(
        Axis.linear("share of read ceiling", Ticks.NUMBER)
            .between(0.0, Math.max(1.1, Math.ceil(highest * 10) / 10)),
        RowChart.Row.of(labels),
        series,
        List.of(new RowChart.Reference(1, "read ceiling")),
        true);
  }

  /** Kernel, format and layout; of the shape only the sizes that tell rows apart. */
  private static Function<Measurement, String> rowLabels(Collection<Measurement> shown) {
    Map<String, Map<String, TreeSet<Long>>> values = new TreeMap<>();
    for (Measurement m : shown) {
      sizes(m)
          .forEach(
              (size, value) ->
                  values
                      .computeIfAbsent(Labels.kernel(m), k -> new TreeMap<>())
                      .computeIfAbsent(size, s -> new TreeSet<>())
                      .add(value));
    }
    return m -> {
      TreeMap<String, Long> sizes = new TreeMap<>(sizes(m));
      sizes.keySet().removeIf(size -> values.get(Labels.kernel(m)).get(size).size() == 1);
      return sizes.isEmpty() ? Labels.kernel(m) : Labels.kernel(m) + " · " + Labels.shape(sizes);
    };
  }

  private static Map<String, Long> sizes(Measurement m) {
    Map<String, Long> sizes = new TreeMap<>(m.shape());
    sizes.put("batch", (long) m.batch());
    return sizes;
  }

  private static String tip(Measurement m) {
    Interval share = m.shareOfReadCeiling();
    String rate =
        m.gigabytesPerSecond() == null
            ? ""
            : "\n" + Labels.interval(m.gigabytesPerSecond()) + " GB/s";
    return Labels.kernel(m)
        + "\n"
        + Labels.shape(sizes(m))
        + "\n"
        + Labels.threads(m.threads())
        + ", from "
        + m.residency()
        + "\nshare "
        + Labels.interval(share)
        + rate;
  }

  /** Every sound kernel result. */
  static DataTable table(List<Measurement> kernels) {
    List<List<Object>> rows = new ArrayList<>();
    for (Measurement m : kernels) {
      Interval rate = m.gigabytesPerSecond();
      Interval share = m.shareOfReadCeiling();
      rows.add(
          row(
              m.kernel(),
              m.format(),
              m.layout(),
              m.activations() == null ? "" : m.activations(),
              Labels.shape(m.shape()),
              m.batch(),
              m.threads(),
              m.residency().toString(),
              m.workingSetBytes(),
              m.secondsPerCall().median(),
              rate == null ? null : rate.median(),
              rate == null ? null : rate.low(),
              rate == null ? null : rate.high(),
              share == null ? null : share.median(),
              share == null ? null : share.low(),
              share == null ? null : share.high(),
              m.flops() / m.secondsPerCall().median() / 1e9,
              mostAllocatedBytesPerCall(m)));
    }
    return new DataTable(
        "All kernel results, median and 90 % interval",
        List.of(
            Column.text("kernel"),
            Column.text("format"),
            Column.text("layout"),
            Column.text("activations"),
            Column.text("shape"),
            Column.count("batch"),
            Column.count("threads"),
            Column.text("level"),
            Column.bytes("working set"),
            Column.seconds("time a call"),
            Column.number("rate", "GB/s"),
            Column.number("rate low", "GB/s"),
            Column.number("rate high", "GB/s"),
            Column.number("share of read ceiling", ""),
            Column.number("share low", ""),
            Column.number("share high", ""),
            Column.number("arithmetic", "GFLOP/s"),
            Column.number("most allocated a call", "B")),
        rows);
  }

  /** Null where nobody counted. */
  private static Double mostAllocatedBytesPerCall(Measurement m) {
    return m.samples().stream()
        .map(Sample::allocatedBytesPerCall)
        .filter(Objects::nonNull)
        .max(Comparator.naturalOrder())
        .orElse(null);
  }

  private static List<String> refusals(RunDocuments run) {
    int refused = run.refused().size();
    return refused == 0
        ? List.of()
        : List.of(
            Numbers.counted(refused, "result")
                + " of "
                + run.measurements().measurements().size()
                + (refused == 1 ? " breaks" : " break")
                + " physics and "
                + (refused == 1 ? "is" : "are")
                + " used nowhere; the reason stands beside each.");
  }

  private static List<DataTable> refusedTables(RunDocuments run) {
    if (run.refused().isEmpty()) {
      return List.of();
    }
    List<List<Object>> rows = new ArrayList<>();
    for (Measurement m : run.refused()) {
      Interval rate = m.gigabytesPerSecond();
      rows.add(row(m.id(), rate == null ? null : rate.median(), m.refused()));
    }
    return List.of(
        new DataTable(
            "Refused results",
            List.of(Column.text("measurement"), Column.number("rate", "GB/s"), Column.text("why")),
            rows));
  }
}
