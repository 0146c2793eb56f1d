package dev.membound.model.report;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.report.section.Ceilings;
import dev.membound.model.report.section.Labels;
import dev.membound.model.report.section.RunDocuments;
import dev.membound.model.report.section.Workload;
import dev.membound.model.run.HostFacts;
import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.Residency;
import dev.membound.model.run.SimulationFile.Prediction;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Glyphs;
import dev.membound.model.table.Numbers;
import dev.membound.model.table.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a run prints at its end: the same numbers as the report, on one screen. */
public final class RunSummary {
  /** A summary is never wider. */
  public static final int MAX_COLUMNS = 100;

  /** A summary is never longer; what does not fit is counted and left to the report. */
  public static final int MAX_LINES = 40;

  private static final int MAX_PREDICTIONS = 10;

  private final RunDocuments run;
  private final Glyphs glyphs;

  private RunSummary(RunDocuments run, Glyphs glyphs) {
    this.run = run;
    this.glyphs = glyphs;
  }

  /**
   * The summary, each line ended by a line feed.
   *
   * @param reportFile where the report was written, as the user should type it
   */
  public static String render(RunDocuments run, String reportFile, Glyphs glyphs) {
    return new RunSummary(run, glyphs).text(reportFile);
  }

  private String text(String reportFile) {
    List<String> head = new ArrayList<>();
    head.add(machine());
    head.add("");
    head.addAll(ceilings());
    List<String> tail = new ArrayList<>();
    tail.addAll(validation());
    tail.addAll(predictions());
    tail.add("");
    List<String> lines = new ArrayList<>(head);
    lines.addAll(kernels(MAX_LINES - 1 - head.size() - tail.size()));
    lines.addAll(tail);
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(glyphs.cut(glyphs.safe(line), MAX_COLUMNS)).append('\n'));
    // never cut: it is there to be copied
    return text.append("Report: ").append(glyphs.safe(reportFile)).append('\n').toString();
  }

  private String machine() {
    HostFacts host = run.host();
    return host.cpuModel()
        + ", "
        + Numbers.counted(host.cores(), "core")
        + ", "
        + Numbers.bytes(host.memoryBytes())
        + ", "
        + Labels.provider(host.kernelProvider())
        + ", preset "
        + run.measurements().preset();
  }

  private List<String> ceilings() {
    Ceilings ceilings = Ceilings.of(run);
    TreeSet<Integer> threads = ends(ceilings.threads());
    if (threads.isEmpty()) {
      return List.of("No ceiling was measured.");
    }
    List<Column> columns = new ArrayList<>();
    columns.add(Column.text("Ceiling"));
    columns.add(Column.text("unit"));
    threads.forEach(t -> columns.add(Column.value(Numbers.counted(t, "thread"))));
    List<List<Object>> rows = new ArrayList<>();
    ceilings
        .readBytesPerSecond()
        .forEach(
            (level, byThreads) -> rows.add(ceiling("read " + level, "GB/s", byThreads, threads)));
    if (!ceilings.peakFlopsPerSecond().isEmpty()) {
      rows.add(ceiling("FMA peak", "GFLOP/s", ceilings.peakFlopsPerSecond(), threads));
    }
    return TextTable.lines(new DataTable("Ceilings", columns, rows), MAX_COLUMNS, glyphs);
  }

  private static List<Object> ceiling(
      String name, String unit, TreeMap<Integer, Interval> byThreads, TreeSet<Integer> threads) {
    List<Object> row = new ArrayList<>();
    row.add(name);
    row.add(unit);
    for (int t : threads) {
      Interval rate = byThreads.get(t);
      row.add(rate == null ? null : rate.median() / 1e9);
    }
    return row;
  }

  private List<String> kernels(int room) {
    Map<String, TreeMap<Integer, Measurement>> kernels = largestFromDram();
    if (kernels.isEmpty()) {
      return List.of("", "No kernel result from DRAM.");
    }
    TreeSet<Integer> all = new TreeSet<>();
    kernels.values().forEach(byThreads -> all.addAll(byThreads.keySet()));
    TreeSet<Integer> threads = ends(all);
    List<Column> columns = new ArrayList<>();
    columns.add(Column.text("Kernel, from DRAM"));
    for (int t : threads) {
      columns.add(Column.number((t == threads.first() ? t + " thr: " : t + ": ") + "GB/s", ""));
      columns.add(Column.text("share of read ceiling"));
    }
    List<List<Object>> rows = new ArrayList<>();
    kernels.forEach(
        (name, byThreads) -> {
          List<Object> row = new ArrayList<>();
          row.add(name);
          for (int t : threads) {
            Measurement m = byThreads.get(t);
            Interval rate = m == null ? null : m.gigabytesPerSecond();
            Interval share = m == null ? null : m.shareOfReadCeiling();
            row.add(rate == null ? null : rate.median());
            row.add(share == null ? null : share(share));
          }
          rows.add(row);
        });
    int shown = Math.min(rows.size(), room - 3 - (rows.size() > room - 3 ? 1 : 0));
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.addAll(
        TextTable.lines(
            new DataTable("Kernels", columns, rows.subList(0, shown)), MAX_COLUMNS, glyphs));
    if (shown < rows.size()) {
      lines.add("and " + (rows.size() - shown) + " more in the report");
    }
    return lines;
  }

  private static String share(Interval i) {
    return String.format(Locale.ROOT, "%.2f [%.2f, %.2f]", i.median(), i.low(), i.high());
  }

  /** The largest working set of each kernel, format and layout, by threads, in file order. */
  private Map<String, TreeMap<Integer, Measurement>> largestFromDram() {
    Map<String, TreeMap<Integer, Measurement>> kernels = new LinkedHashMap<>();
    for (Measurement m : run.kernels()) {
      if (m.residency() == Residency.DRAM && m.gigabytesPerSecond() != null) {
        kernels
            .computeIfAbsent(Labels.kernel(m), k -> new TreeMap<>())
            .merge(m.threads(), m, (a, b) -> a.workingSetBytes() >= b.workingSetBytes() ? a : b);
      }
    }
    return kernels;
  }

  private List<String> validation() {
    return run.overallError()
        .map(
            all ->
                List.of(
                    "",
                    String.format(
                        Locale.ROOT,
                        "Held-out error: median %.1f %%, worst %.1f %%, bias %+.1f %%",
                        all.medianAbsolutePercent(),
                        all.worstAbsolutePercent(),
                        all.biasPercent()),
                    String.format(
                        Locale.ROOT,
                        "90 %% intervals cover %.0f %% of %d held-out rows",
                        all.coveragePercent(),
                        all.rows())))
        .orElse(List.of("", "Held-out error: not validated yet"));
  }

  private List<String> predictions() {
    List<Prediction> predictions =
        run.simulation().stream()
            .flatMap(s -> Workload.showcase(s).values().stream())
            .flatMap(List::stream)
            .toList();
    if (predictions.isEmpty()) {
      return List.of("", "No reference system was simulated yet.");
    }
    List<List<Object>> rows = new ArrayList<>();
    for (Prediction p : predictions.subList(0, Math.min(MAX_PREDICTIONS, predictions.size()))) {
      Interval rate = p.decodeTokensPerSecond();
      rows.add(
          row(
              p.model(),
              p.weights() + ", " + Workload.of(p).size(),
              Workload.system(p),
              p.fits()
                  ? Labels.interval(rate)
                  : "does not fit: " + Numbers.bytes(p.shortfallBytes()) + " short"));
    }
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.addAll(
        TextTable.lines(
            new DataTable(
                "Predictions",
                List.of(
                    Column.text("Predicted decode"),
                    Column.text("workload"),
                    Column.text("system"),
                    Column.text("tokens/s [90 % interval]")),
                rows),
            MAX_COLUMNS,
            glyphs));
    if (predictions.size() > MAX_PREDICTIONS) {
      lines.add("and " + (predictions.size() - MAX_PREDICTIONS) + " more in the report");
    }
    return lines;
  }

  /** One thread and all of them: what fits a screen. */
  private static TreeSet<Integer> ends(TreeSet<Integer> threads) {
    TreeSet<Integer> ends = new TreeSet<>();
    if (!threads.isEmpty()) {
      ends.add(threads.first());
      ends.add(threads.last());
    }
    return ends;
  }
}
