package dev.membound.model.report.section;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.chart.Line;
import dev.membound.model.chart.Line.Stroke;
import dev.membound.model.chart.Mark;
import dev.membound.model.chart.MarkSeries;
import dev.membound.model.chart.MarkSeries.Symbol;
import dev.membound.model.chart.Paint;
import dev.membound.model.chart.RowChart;
import dev.membound.model.chart.XyChart;
import dev.membound.model.run.Interval;
import dev.membound.model.run.ValidationFile;
import dev.membound.model.run.ValidationFile.Row;
import dev.membound.model.run.ValidationFile.Summary;
import dev.membound.model.statistics.Quantiles;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Predictions of what the fit never saw against what was measured. */
final class ValidationSection implements ReportSection {
  /** The error that the calibration promises to stay within, at the median. */
  private static final double BAND = 0.15;

  private static final double COVERAGE_LOW_PERCENT = 80;
  private static final double COVERAGE_HIGH_PERCENT = 98;

  @Override
  public String id() {
    return "validation";
  }

  @Override
  public String title() {
    return "Predicted against measured";
  }

  @Override
  public SectionBody render(RunDocuments run) {
    if (run.validation().isEmpty()) {
      return SectionBody.missing(
          "validation.json is not in this run folder, so nothing says how good the predictions are."
              + " Run `./membound calibrate RUN-FOLDER`.");
    }
    ValidationFile validation = run.validation().get();
    if (validation.rows().isEmpty()) {
      return SectionBody.missing("validation.json holds no held-out row.");
    }
    List<Row> rows = validation.rows();
    Figure scatter =
        new Figure(
            "figure-validation",
            "Time a call, held-out rows",
            accuracy(run, validation),
            "A point on the diagonal is predicted exactly; dashed lines are ±15 %. Bars are 90 %"
                + " prediction intervals; hollow points lie outside theirs.",
            scatter(rows),
            List.of(table(rows)));
    Figure errors =
        new Figure(
            "figure-errors",
            "Predicted over measured time by what was held out",
            worst(rows),
            "Lines stand at 1 and ±15 %: right of 1 the prediction is too slow, left of it too"
                + " fast. One point a held-out measurement; hollow points lie outside their 90 %"
                + " interval. The first row has the median and the range of 90 % of all.",
            errors(rows),
            List.of());
    return new SectionBody(
        List.of(), List.of(summaries(validation.summaries())), List.of(scatter, errors), List.of());
  }

  private static String accuracy(RunDocuments run, ValidationFile validation) {
    Optional<Summary> overall = run.overallError();
    if (overall.isEmpty()) {
      long covered = validation.rows().stream().filter(Row::covers).count();
      return covered + " of " + validation.rows().size() + " held-out rows lie in their interval.";
    }
    Summary all = overall.get();
    boolean within = all.medianAbsolutePercent() <= 100 * BAND;
    String error =
        "Half of the "
            + all.rows()
            + " held-out rows are within "
            + Numbers.percent(all.medianAbsolutePercent() / 100)
            + " of the measured time, "
            + (within ? "inside" : "outside")
            + " the ±15\u00a0% aimed at; ";
    String coverage =
        "the 90\u00a0% intervals cover "
            + Numbers.percent(all.coveragePercent() / 100)
            + " of them";
    if (all.coveragePercent() < COVERAGE_LOW_PERCENT) {
      return error + coverage + ", so they are too narrow.";
    }
    if (all.coveragePercent() > COVERAGE_HIGH_PERCENT) {
      return error + coverage + ", so they are wider than need be.";
    }
    return error + coverage + ", as they should.";
  }

  private static String worst(List<Row> rows) {
    Row worst =
        rows.stream()
            .max(Comparator.comparingDouble(row -> Math.abs(row.signedErrorPercent())))
            .orElseThrow();
    long slow = rows.stream().filter(row -> row.signedErrorPercent() > 0).count();
    double share = slow / (double) rows.size();
    String bias =
        share > 0.65
            ? "Predictions lean to the slow side ("
            : share < 0.35 ? "Predictions lean to the fast side (" : "Errors go both ways (";
    return bias
        + slow
        + " of "
        + rows.size()
        + " too slow); the worst is "
        + Numbers.signedPercent(worst.signedErrorPercent() / 100)
        + " on "
        + worst.measurement()
        + ".";
  }

  private static XyChart scatter(List<Row> rows) {
    // fitted to the points: a wide interval may leave the picture
    double low =
        rows.stream().mapToDouble(r -> Math.min(r.measured(), r.predicted())).min().orElseThrow()
            / 2;
    double high =
        rows.stream().mapToDouble(r -> Math.max(r.measured(), r.predicted())).max().orElseThrow()
            * 2;
    List<MarkSeries> series = new ArrayList<>();
    TreeSet<String> kinds = new TreeSet<>();
    rows.forEach(row -> kinds.add(row.kind()));
    for (String kind : kinds) {
      Paint paint = Paint.series(series.size());
      series.add(marks(rows, kind, true, kind + " held out", paint, Symbol.CIRCLE));
      series.add(marks(rows, kind, false, kind + ", outside its interval", paint, Symbol.RING));
    }
    series.removeIf(s -> s.marks().isEmpty());
    return new XyChart(
        Axis.log("measured time a call", Ticks.SECONDS).between(low, high),
        Axis.log("predicted time a call", Ticks.SECONDS).between(low, high),
        List.of(
            proportional(1, low, high, Stroke.SOLID),
            proportional(1 + BAND, low, high, Stroke.DASHED),
            proportional(1 - BAND, low, high, Stroke.DASHED)),
        series);
  }

  private static Line proportional(double factor, double low, double high, Stroke stroke) {
    return new Line(
        "",
        Paint.MUTED,
        stroke,
        "",
        List.of(new double[] {low, low * factor}, new double[] {high, high * factor}));
  }

  private static MarkSeries marks(
      List<Row> rows, String kind, boolean covers, String name, Paint paint, Symbol symbol) {
    List<Mark> marks =
        rows.stream()
            .filter(row -> row.kind().equals(kind) && row.covers() == covers)
            .map(
                row ->
                    new Mark(row.measured(), row.predicted(), row.low(), row.high(), "", tip(row)))
            .toList();
    return new MarkSeries(name, paint, symbol, marks);
  }

  private static String tip(Row row) {
    return row.measurement()
        + "\nheld out: "
        + row.heldOut()
        + "\nmeasured "
        + Numbers.seconds(row.measured())
        + ", predicted "
        + Numbers.seconds(row.predicted())
        + " ["
        + Numbers.seconds(row.low())
        + ", "
        + Numbers.seconds(row.high())
        + "]\nerror "
        + Numbers.signedPercent(row.signedErrorPercent() / 100);
  }

  private static RowChart errors(List<Row> rows) {
    TreeMap<String, List<Row>> groups = new TreeMap<>();
    rows.forEach(row -> groups.computeIfAbsent(row.heldOut(), k -> new ArrayList<>()).add(row));
    List<String> labels = new ArrayList<>(List.of("all held-out rows"));
    labels.addAll(shortened(List.copyOf(groups.keySet())));
    List<Mark> inside = new ArrayList<>();
    List<Mark> outside = new ArrayList<>();
    int r = 1;
    for (List<Row> group : groups.values()) {
      for (Row row : group) {
        double ratio = ratio(row);
        (row.covers() ? inside : outside).add(new Mark(ratio, r, ratio, ratio, "", tip(row)));
      }
      r++;
    }
    List<MarkSeries> series = new ArrayList<>();
    series.add(
        new MarkSeries(
            "median and 90 % of all", Paint.SERIES3, Symbol.DIAMOND, List.of(middle(rows))));
    series.add(new MarkSeries("inside its interval", Paint.SERIES1, Symbol.CIRCLE, inside));
    if (!outside.isEmpty()) {
      series.add(new MarkSeries("outside its interval", Paint.SERIES2, Symbol.RING, outside));
    }
    return new RowChart(
        // logarithmic: one prediction several times too slow would squeeze the others into a line
        Axis.log2("predicted over measured time", Ticks.NUMBER),
        RowChart.Row.of(labels),
        series,
        List.of(
            new RowChart.Reference(1, "exact"),
            new RowChart.Reference(1 - BAND, "−15 %"),
            new RowChart.Reference(1 + BAND, "+15 %")),
        false);
  }

  private static double ratio(Row row) {
    return row.predicted() / row.measured();
  }

  private static Mark middle(List<Row> rows) {
    double[] ratios = rows.stream().mapToDouble(ValidationSection::ratio).toArray();
    Interval all =
        new Interval(
            Quantiles.median(ratios), Quantiles.of(ratios, 0.05), Quantiles.of(ratios, 0.95));
    return Mark.inRow(
        0,
        all,
        "median error "
            + Numbers.signedPercent(all.median() - 1)
            + "\n90 % of the rows between "
            + Numbers.signedPercent(all.low() - 1)
            + " and "
            + Numbers.signedPercent(all.high() - 1));
  }

  /**
   * Of sizes, say of {@code size: gemv cols=256,rows=16}, those that tell a family's rows apart.
   */
  private static List<String> shortened(List<String> labels) {
    Map<String, Set<String>> values = new HashMap<>();
    for (String label : labels) {
      for (String size : sizes(label)) {
        values.computeIfAbsent(key(label, size), k -> new HashSet<>()).add(size);
      }
    }
    return labels.stream()
        .map(
            label -> {
              List<String> telling =
                  sizes(label).stream().filter(s -> values.get(key(label, s)).size() > 1).toList();
              return telling.isEmpty() ? label : family(label) + " " + String.join(",", telling);
            })
        .toList();
  }

  private static String family(String label) {
    return label.substring(0, Math.max(0, label.lastIndexOf(' ')));
  }

  private static List<String> sizes(String label) {
    String last = label.substring(label.lastIndexOf(' ') + 1);
    return last.contains("=") ? List.of(last.split(",")) : List.of();
  }

  private static String key(String label, String size) {
    return family(label) + " " + size.substring(0, size.indexOf('=') + 1);
  }

  private static DataTable table(List<Row> rows) {
    return new DataTable(
        "All held-out rows",
        List.of(
            Column.text("held out"),
            Column.text("measurement"),
            Column.seconds("measured"),
            Column.seconds("predicted"),
            Column.seconds("low"),
            Column.seconds("high"),
            Column.signedPercent("signed error"),
            Column.text("in interval")),
        rows.stream()
            .map(
                row ->
                    row(
                        row.heldOut(),
                        row.measurement(),
                        row.measured(),
                        row.predicted(),
                        row.low(),
                        row.high(),
                        row.signedErrorPercent(),
                        row.covers() ? "yes" : "no"))
            .toList());
  }

  private static DataTable summaries(List<Summary> summaries) {
    return new DataTable(
        "Errors by kind of holding out",
        List.of(
            Column.text("held out"),
            Column.count("rows"),
            Column.percent("median |error|"),
            Column.percent("mean |error|"),
            Column.percent("worst |error|"),
            Column.signedPercent("bias"),
            Column.percent("coverage of 90 % intervals")),
        summaries.stream()
            .map(
                s ->
                    row(
                        s.kind(),
                        s.rows(),
                        s.medianAbsolutePercent(),
                        s.meanAbsolutePercent(),
                        s.worstAbsolutePercent(),
                        s.biasPercent(),
                        s.coveragePercent()))
            .toList());
  }
}
