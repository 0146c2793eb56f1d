package dev.membound.model.report.section;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.chart.Line;
import dev.membound.model.chart.Line.Stroke;
import dev.membound.model.chart.Mark;
import dev.membound.model.chart.MarkSeries;
import dev.membound.model.chart.Paint;
import dev.membound.model.chart.XyChart;
import dev.membound.model.run.QualityFile;
import dev.membound.model.run.QualityFile.Row;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What selecting part of the KV cache loses, against the bytes and the time that it saves. */
public final class SelectionQualitySection implements ReportSection {
  /** An output that is wrong by more than this is no approximation. */
  private static final double TOLERABLE_ERROR = 0.1;

  @Override
  public String id() {
    return "selection-quality";
  }

  @Override
  public String title() {
    return "What selection loses";
  }

  @Override
  public SectionBody render(RunDocuments run) {
    List<Row> rows = run.quality().map(QualityFile::rows).orElse(List.of());
    if (rows.isEmpty()) {
      return SectionBody.missing(
          "quality.json is not in this run folder. `./membound quality` sweeps budgets, page sizes"
              + " and contexts.");
    }
    int context = rows.stream().mapToInt(Row::contextTokens).max().orElseThrow();
    List<Row> longest = rows.stream().filter(row -> row.contextTokens() == context).toList();
    List<Figure> figures = new ArrayList<>();
    figures.add(
        new Figure(
            "figure-selection-bytes",
            "Error against bytes read, context of " + Numbers.count(context),
            leastBytes(longest),
            "Left is less to read, down is closer to attention over everything. A line is one"
                + " method and page size over its budgets; error is the relative L2, the mean"
                + " over heads, on a logarithmic axis.",
            chart(
                longest,
                row -> 100 * row.readShare(),
                Axis.log("bytes read (% of the cache)", Ticks.NUMBER)),
            List.of(table(rows))));
    List<Row> timed = longest.stream().filter(row -> row.stepSeconds() != null).toList();
    if (!timed.isEmpty()) {
      figures.add(
          new Figure(
              "figure-selection-time",
              "Error against time of a step, context of " + Numbers.count(context),
              fastest(timed),
              "The same selections where a kernel does the whole step; median of a few calls on one"
                  + " thread of this machine.",
              chart(
                  timed,
                  row -> 1e3 * row.stepSeconds(),
                  Axis.log("time of a step (ms)", Ticks.NUMBER)),
              List.of()));
    }
    return SectionBody.of(figures);
  }

  private static String leastBytes(List<Row> rows) {
    Optional<Row> best =
        rows.stream()
            .filter(row -> row.relativeL2() <= TOLERABLE_ERROR)
            .min(Comparator.comparingLong(Row::readBytes));
    return best.map(
            row ->
                Labels.capitalised(row.method())
                    + budget(row)
                    + " keeps the mean error of the heads at "
                    + Numbers.percent(row.relativeL2())
                    + " with "
                    + Numbers.percent(row.readShare())
                    + " of the bytes, and that of the worst head at "
                    + Numbers.percent(row.worstRelativeL2())
                    + ": the least of all that stay within "
                    + Numbers.percent(TOLERABLE_ERROR)
                    + ".")
        .orElse(
            "No selection swept keeps the mean error of the heads within "
                + Numbers.percent(TOLERABLE_ERROR)
                + ".");
  }

  private static String fastest(List<Row> rows) {
    Optional<Row> best =
        rows.stream()
            .filter(row -> row.relativeL2() <= TOLERABLE_ERROR)
            .min(Comparator.comparingDouble(row -> row.stepSeconds() / row.denseSeconds()));
    return best.map(
            row ->
                Labels.capitalised(row.method())
                    + budget(row)
                    + " is "
                    + Numbers.significant(row.denseSeconds() / row.stepSeconds())
                    + " times faster than attention to everything at an error of "
                    + Numbers.percent(row.relativeL2())
                    + ".")
        .orElse(
            "No step swept is within "
                + Numbers.percent(TOLERABLE_ERROR)
                + " of attention to everything.");
  }

  private static String budget(Row row) {
    return (row.pageTokens() > 1 ? ", pages of " + row.pageTokens() : "")
        + (row.budgetTokens() > 0
            ? ", budget " + Numbers.count(row.budgetTokens()) + " tokens,"
            : "");
  }

  private static XyChart chart(List<Row> rows, ToDoubleFunction<Row> x, Axis xAxis) {
    Map<String, List<Row>> curves = new LinkedHashMap<>();
    for (Row row : rows) {
      curves
          .computeIfAbsent(
              row.method() + (row.pageTokens() > 1 ? ", page " + row.pageTokens() : ""),
              name -> new ArrayList<>())
          .add(row);
    }
    List<Line> lines = new ArrayList<>();
    List<MarkSeries> series = new ArrayList<>();
    curves.forEach(
        (name, curve) -> {
          int n = series.size();
          List<Row> ordered =
              curve.stream()
                  .filter(row -> row.relativeL2() > 0)
                  .sorted(Comparator.comparingDouble(x))
                  .toList();
          lines.add(
              new Line(
                  "",
                  Paint.series(n),
                  Stroke.THIN,
                  "",
                  ordered.stream()
                      .map(row -> new double[] {x.applyAsDouble(row), row.relativeL2()})
                      .toList()));
          series.add(
              new MarkSeries(
                  name,
                  Paint.series(n),
                  MarkSeries.symbol(n),
                  ordered.stream().map(row -> mark(row, x.applyAsDouble(row))).toList()));
        });
    return new XyChart(
        xAxis, Axis.log("relative L2 error, mean over heads", Ticks.NUMBER), lines, series);
  }

  private static Mark mark(Row row, double x) {
    return new Mark(
        x,
        row.relativeL2(),
        row.relativeL2(),
        row.relativeL2(),
        "",
        row.method()
            + budget(row)
            + "\nmass "
            + Numbers.percent(row.mass())
            + ", recall "
            + Numbers.percent(row.recall())
            + "\nerror "
            + Numbers.percent(row.relativeL2())
            + ", worst head "
            + Numbers.percent(row.worstRelativeL2()));
  }

  /** All rows, as the command line prints them too; a column that never changes is left out. */
  public static DataTable table(List<Row> rows) {
    List<Column> columns = new ArrayList<>();
    List<Function<Row, Object>> cells = new ArrayList<>();
    BiConsumer<Column, Function<Row, Object>> add =
        (column, cell) -> {
          columns.add(column);
          cells.add(cell);
        };
    boolean oneSource = rows.stream().map(Row::source).distinct().count() == 1;
    boolean oneContext = rows.stream().map(Row::contextTokens).distinct().count() == 1;
    if (!oneSource) {
      add.accept(Column.text("source"), Row::source);
    }
    if (!oneContext) {
      add.accept(Column.count("context"), Row::contextTokens);
    }
    add.accept(Column.text("method"), Row::method);
    add.accept(Column.count("page"), r -> r.pageTokens() > 1 ? r.pageTokens() : null);
    add.accept(Column.count("budget"), r -> r.budgetTokens() > 0 ? r.budgetTokens() : null);
    add.accept(Column.count("kept"), r -> Math.round(r.keptTokens()));
    add.accept(Column.percent("recall"), r -> 100 * r.recall());
    add.accept(Column.percent("mass"), r -> 100 * r.mass());
    add.accept(Column.percent("L2"), r -> 100 * r.relativeL2());
    add.accept(Column.percent("worst"), r -> 100 * r.worstRelativeL2());
    add.accept(Column.bytes("read"), Row::readBytes);
    add.accept(Column.percent("share"), r -> 100 * r.readShare());
    add.accept(Column.seconds("step"), Row::stepSeconds);
    add.accept(
        Column.number("× dense", ""),
        r -> r.stepSeconds() == null ? null : r.denseSeconds() / r.stepSeconds());
    return new DataTable(
        (oneSource ? rows.getFirst().source() : "selections")
            + (oneContext ? ", context of " + Numbers.count(rows.getFirst().contextTokens()) : ""),
        columns,
        rows.stream().map(r -> row(cells.stream().map(cell -> cell.apply(r)).toArray())).toList());
  }
}
