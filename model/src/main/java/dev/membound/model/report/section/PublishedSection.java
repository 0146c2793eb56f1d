package dev.membound.model.report.section;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.chart.Mark;
import dev.membound.model.chart.MarkSeries;
import dev.membound.model.chart.MarkSeries.Symbol;
import dev.membound.model.chart.Paint;
import dev.membound.model.chart.RowChart;
import dev.membound.model.published.validate.FrozenPredictions;
import dev.membound.model.published.validate.GroupSummary;
import dev.membound.model.published.validate.PublishedPrediction;
import dev.membound.model.published.validate.PublishedPrediction.Basis;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What others have measured against its prediction: the same in every report. */
final class PublishedSection implements ReportSection {
  @Override
  public String id() {
    return "published";
  }

  @Override
  public String title() {
    return "Published results against predictions";
  }

  @Override
  public SectionBody render(RunDocuments run) {
    List<PublishedPrediction> rows = FrozenPredictions.load();
    Map<String, List<PublishedPrediction>> groups = new LinkedHashMap<>();
    for (PublishedPrediction row : rows) {
      groups.computeIfAbsent(row.group(), group -> new ArrayList<>()).add(row);
    }
    List<GroupSummary> byGroup = summaries(groups);
    Figure errors =
        new Figure(
            "figure-published",
            "Signed error by group of published results",
            takeaway(rows, byGroup),
            "Right of zero the predicted number is too large, left of it too small. One point a"
                + " published result; hollow points lie outside their 90 % interval.",
            errors(groups),
            List.of(table("Errors by group", "group", byGroup)));
    return new SectionBody(
        List.of(
            "GPUs that no run measures: kernels, serving, power and single operators that others have"
                + " published. `./membound validate --published` lists every row with its source, and"
                + " those that are not predicted with the reason."),
        List.of(table("Errors by what the prediction had seen", "seen", byBasis(rows))),
        List.of(errors),
        List.of());
  }

  private static List<GroupSummary> summaries(Map<String, List<PublishedPrediction>> groups) {
    return groups.entrySet().stream()
        .map(entry -> GroupSummary.of(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static List<GroupSummary> byBasis(List<PublishedPrediction> rows) {
    Map<String, List<PublishedPrediction>> bases = new LinkedHashMap<>();
    for (Basis basis : Basis.values()) {
      List<PublishedPrediction> own = rows.stream().filter(r -> r.basis() == basis).toList();
      if (!own.isEmpty()) {
        bases.put(basis.toString(), own);
      }
    }
    return summaries(bases);
  }

  /** Rows that set a parameter say nothing about predictions. */
  private static String takeaway(List<PublishedPrediction> rows, List<GroupSummary> byGroup) {
    GroupSummary all =
        GroupSummary.of(
            "all", rows.stream().filter(row -> row.basis() != Basis.FITTED_TO_IT).toList());
    Comparator<GroupSummary> byMean = Comparator.comparingDouble(GroupSummary::meanAbsolutePercent);
    GroupSummary best = byGroup.stream().min(byMean).orElseThrow();
    GroupSummary worst = byGroup.stream().max(byMean).orElseThrow();
    return "Half of "
        + Numbers.count(all.rows())
        + " published results that set no parameter lie within "
        + Numbers.percent(all.medianAbsolutePercent() / 100)
        + " of the prediction, and the 90\u00a0% intervals hold "
        + Numbers.percent(all.coveragePercent() / 100)
        + " of them; by group the mean error runs from "
        + Numbers.percent(best.meanAbsolutePercent() / 100)
        + " ("
        + best.group()
        + ") to "
        + Numbers.percent(worst.meanAbsolutePercent() / 100)
        + " ("
        + worst.group()
        + ").";
  }

  private static RowChart errors(Map<String, List<PublishedPrediction>> groups) {
    List<String> labels = List.copyOf(groups.keySet());
    List<Mark> inside = new ArrayList<>();
    List<Mark> outside = new ArrayList<>();
    for (int r = 0; r < labels.size(); r++) {
      for (PublishedPrediction row : groups.get(labels.get(r))) {
        double error = row.signedErrorPercent();
        (row.covered() ? inside : outside).add(new Mark(error, r, error, error, "", tip(row)));
      }
    }
    return new RowChart(
        Axis.linear("signed error of the prediction (%)", Ticks.PERCENT),
        RowChart.Row.of(labels),
        List.of(
            new MarkSeries("inside its interval", Paint.SERIES1, Symbol.CIRCLE, inside),
            new MarkSeries("outside its interval", Paint.SERIES2, Symbol.RING, outside)),
        List.of(new RowChart.Reference(0, "exact")),
        false);
  }

  private static String tip(PublishedPrediction row) {
    return row.id()
        + ": "
        + row.what()
        + "\npublished "
        + Numbers.significant(row.published())
        + ", predicted "
        + Numbers.significant(row.predicted())
        + " "
        + row.unit()
        + ", "
        + Numbers.signedPercent(row.signedErrorPercent() / 100)
        + "\nseen: "
        + row.basis();
  }

  private static DataTable table(String caption, String what, List<GroupSummary> summaries) {
    return new DataTable(
        caption,
        List.of(
            Column.text(what),
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
                        s.group(),
                        s.rows(),
                        s.medianAbsolutePercent(),
                        s.meanAbsolutePercent(),
                        s.worstAbsolutePercent(),
                        s.biasPercent(),
                        s.coveragePercent()))
            .toList());
  }
}
