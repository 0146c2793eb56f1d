package dev.membound.benchmarks.cli;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.published.Uncovered;
import dev.membound.model.published.validate.GroupSummary;
import dev.membound.model.published.validate.PublishedPrediction;
import dev.membound.model.published.validate.PublishedValidation;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import java.util.ArrayList;
import java.util.List;

/** The comparison with published results as tables. */
final class PublishedTables {
  private static final Column BOUND = Column.text("bound");
  private static final List<Column> COLUMNS =
      List.of(
          Column.text("row"),
          Column.text("case"),
          Column.value("published"),
          Column.value("predicted"),
          Column.value("low"),
          Column.value("high"),
          Column.signedPercent("error"),
          Column.text("held"),
          BOUND,
          Column.text("basis"));

  private PublishedTables() {}

  /** All rows in one table, for programs. */
  static DataTable rows(PublishedValidation validation) {
    List<Column> columns = new ArrayList<>(COLUMNS);
    columns.add(1, Column.text("group"));
    columns.add(Column.text("unit"));
    columns.add(Column.text("source"));
    return new DataTable(
        "published results and predictions",
        columns,
        validation.predictions().stream()
            .map(
                p -> {
                  List<Object> cells = new ArrayList<>(cells(p));
                  cells.add(1, p.group());
                  cells.add(p.unit());
                  cells.add(p.source());
                  return cells;
                })
            .toList());
  }

  /** The rows of one group. */
  static DataTable group(List<PublishedPrediction> rows) {
    int bound = COLUMNS.indexOf(BOUND);
    boolean known = rows.stream().anyMatch(row -> !row.bottleneck().isEmpty());
    return new DataTable(
        rows.getFirst().group(),
        known ? COLUMNS : without(COLUMNS, bound),
        rows.stream()
            .map(PublishedTables::cells)
            .map(cells -> known ? cells : without(cells, bound))
            .toList());
  }

  private static <T> List<T> without(List<T> list, int index) {
    List<T> rest = new ArrayList<>(list);
    rest.remove(index);
    return rest;
  }

  private static List<Object> cells(PublishedPrediction p) {
    return row(
        p.id(),
        p.what(),
        p.published(),
        p.predicted(),
        p.low(),
        p.high(),
        p.signedErrorPercent(),
        p.covered() ? "yes" : "no",
        p.bottleneck(),
        p.basis().toString());
  }

  /** Rows without a prediction that share a reason. */
  static DataTable uncovered(List<Uncovered> rows) {
    return new DataTable(
        rows.getFirst().reason(),
        List.of(
            Column.text("row"),
            Column.text("system"),
            Column.text("model"),
            Column.text("metric"),
            Column.text("value")),
        rows.stream()
            .map(u -> row(u.id(), u.system(), u.model(), u.metric(), u.value() + " " + u.unit()))
            .toList());
  }

  static DataTable summaries(String caption, List<GroupSummary> summaries) {
    return new DataTable(
        caption,
        List.of(
            Column.text("group"),
            Column.count("rows"),
            Column.percent("mean"),
            Column.percent("median"),
            Column.percent("worst"),
            Column.signedPercent("bias"),
            Column.percent("held")),
        summaries.stream()
            .map(
                s ->
                    row(
                        s.group(),
                        s.rows(),
                        s.meanAbsolutePercent(),
                        s.medianAbsolutePercent(),
                        s.worstAbsolutePercent(),
                        s.biasPercent(),
                        s.coveragePercent()))
            .toList());
  }
}
