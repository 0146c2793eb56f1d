package dev.membound.benchmarks.cli;

import static dev.membound.model.report.table.DataTable.row;

import dev.membound.model.published.validate.GroupSummary;
import dev.membound.model.published.validate.PublishedPrediction;
import dev.membound.model.published.validate.PublishedValidation;
import dev.membound.model.report.table.Column;
import dev.membound.model.report.table.DataTable;
import java.util.List;

/** The comparison with published results as tables. */
final class PublishedTables {
  private PublishedTables() {}

  static DataTable rows(PublishedValidation validation) {
    return new DataTable(
        "published results and predictions",
        List.of(
            Column.text("row"),
            Column.text("group"),
            Column.text("case"),
            Column.text("unit"),
            Column.value("published"),
            Column.value("predicted"),
            Column.value("low"),
            Column.value("high"),
            Column.signedPercent("error"),
            Column.text("covered"),
            Column.text("bound"),
            Column.text("basis")),
        validation.predictions().stream().map(PublishedTables::row).toList());
  }

  private static List<Object> row(PublishedPrediction p) {
    return DataTable.row(
        p.id(),
        p.group(),
        p.what(),
        p.unit(),
        p.published(),
        p.predicted(),
        p.low(),
        p.high(),
        p.signedErrorPercent(),
        p.covered() ? "yes" : "no",
        p.bottleneck(),
        p.basis().toString());
  }

  static DataTable uncovered(PublishedValidation validation) {
    return new DataTable(
        "rows without a prediction",
        List.of(
            Column.text("row"),
            Column.text("system"),
            Column.text("metric"),
            Column.text("value"),
            Column.text("why")),
        validation.uncovered().stream()
            .map(u -> row(u.id(), u.system(), u.metric(), u.value() + " " + u.unit(), u.reason()))
            .toList());
  }

  static DataTable summaries(String caption, List<GroupSummary> summaries) {
    return new DataTable(
        caption,
        List.of(
            Column.text("group"),
            Column.count("rows"),
            Column.percent("mean |error|"),
            Column.percent("median |error|"),
            Column.percent("worst |error|"),
            Column.signedPercent("bias"),
            Column.percent("coverage")),
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
