package dev.membound.model.report.section;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.chart.Mark;
import dev.membound.model.chart.MarkSeries;
import dev.membound.model.chart.Paint;
import dev.membound.model.chart.XyChart;
import dev.membound.model.run.ExplorationFile;
import dev.membound.model.run.ExplorationFile.FrontPoint;
import dev.membound.model.run.ExplorationFile.Objective;
import dev.membound.model.run.Interval;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Pareto fronts of a design-space sweep. */
final class ExplorationSection implements ReportSection {
  /** Series that stay apart by colour. */
  private static final int MOST_SERIES = 8;

  @Override
  public String id() {
    return "exploration";
  }

  @Override
  public String title() {
    return "Design-space exploration";
  }

  @Override
  public boolean belongsTo(RunDocuments run) {
    return run.exploration().isPresent();
  }

  @Override
  public SectionBody render(RunDocuments run) {
    if (run.exploration().isEmpty()) {
      return SectionBody.missing(
          "exploration.json is not in this run folder. Run `./membound explore SWEEP.yaml --run"
              + " RUN-FOLDER`.");
    }
    ExplorationFile file = run.exploration().get();
    if (file.front().isEmpty()) {
      return SectionBody.missing("No design of the sweep " + file.sweep() + " fits and runs.");
    }
    return new SectionBody(
        List.of(
            Numbers.count(file.points())
                + " designs, "
                + Numbers.count(file.fitting())
                + " fit into their memory, "
                + Numbers.count(file.front().size())
                + " are beaten by no other."),
        List.of(),
        List.of(figure(file)),
        List.of());
  }

  private static Map<String, List<FrontPoint>> byScenario(ExplorationFile file) {
    return file.front().stream()
        .collect(
            Collectors.groupingBy(FrontPoint::scenario, LinkedHashMap::new, Collectors.toList()));
  }

  private static Figure figure(ExplorationFile file) {
    Objective first = file.objectives().getFirst();
    Objective second = file.objectives().getLast();
    List<DataTable> tables = new ArrayList<>();
    byScenario(file).forEach((scenario, points) -> tables.add(table(file, scenario, points)));
    return new Figure(
        "figure-exploration-" + Ids.of(file.sweep()),
        file.description().isEmpty() ? file.sweep() : file.description(),
        takeaway(file, first, second),
        "Each point is a design that no other beats in "
            + Labels.list(file.objectives().stream().map(ExplorationSection::wanted).toList())
            + "; bars are 90 % intervals of what stands on the vertical axis.",
        chart(file, first, second),
        tables);
  }

  private static String wanted(Objective objective) {
    return (objective.maximise() ? "most " : "least ") + name(objective);
  }

  private static String name(Objective objective) {
    return objective.metric().replace('_', ' ');
  }

  private static double value(FrontPoint point, Objective objective) {
    return point.metrics().get(objective.metric()).median();
  }

  /** What the first objective costs in the second over the longest front. */
  private static String takeaway(ExplorationFile file, Objective first, Objective second) {
    Map.Entry<String, List<FrontPoint>> longest =
        byScenario(file).entrySet().stream()
            .max(Map.Entry.comparingByValue((a, b) -> Integer.compare(a.size(), b.size())))
            .orElseThrow();
    FrontPoint best = longest.getValue().getFirst();
    FrontPoint other = longest.getValue().getLast();
    String where = longest.getKey().isEmpty() ? "" : " at " + longest.getKey();
    String lead =
        "Best in "
            + name(first)
            + where
            + " is "
            + system(best)
            + " with batch "
            + best.batch()
            + " and "
            + best.weights()
            + " weights: "
            + amount(file, best, first);
    if (best == other || first.equals(second)) {
      return lead + ".";
    }
    double gain = ratio(value(best, first), value(other, first));
    double price = ratio(value(best, second), value(other, second));
    return lead
        + ", "
        + Numbers.significant(gain)
        + " times the other end of the front ("
        + system(other)
        + ", batch "
        + other.batch()
        + ") for "
        + Numbers.significant(price)
        + " times the "
        + name(second)
        + ".";
  }

  private static double ratio(double one, double other) {
    return Math.max(one, other) / Math.min(one, other);
  }

  private static String amount(ExplorationFile file, FrontPoint point, Objective objective) {
    return Labels.interval(point.metrics().get(objective.metric()))
        + " "
        + file.units().get(objective.metric());
  }

  private static String system(FrontPoint point) {
    String devices = point.devices() + " × " + point.device() + sharing(point);
    String varied =
        point.varied().entrySet().stream()
            .map(e -> e.getKey() + " " + Numbers.significant(e.getValue()))
            .collect(Collectors.joining(", "));
    return Stream.of(
            point.replicas() > 1 ? point.replicas() + " times " + devices : devices,
            varied.isEmpty() ? "" : "(" + varied + ")",
            point.powerCapWatts() == null
                ? ""
                : "at " + Numbers.significant(point.powerCapWatts()) + " W")
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** One device and tensor parallelism alone go without saying. */
  private static String sharing(FrontPoint point) {
    return point.devices() > 1 && point.parallelism().contains(" ")
        ? " " + point.parallelism()
        : "";
  }

  private static XyChart chart(ExplorationFile file, Objective first, Objective second) {
    List<MarkSeries> series = new ArrayList<>();
    byScenario(file)
        .forEach(
            (scenario, points) -> {
              int n = series.size();
              series.add(
                  new MarkSeries(
                      n < MOST_SERIES ? scenario : "",
                      Paint.series(n),
                      MarkSeries.symbol(n),
                      points.stream().map(point -> mark(file, point, first, second)).toList()));
            });
    return new XyChart(
        Axis.log(axis(file, first), Ticks.NUMBER),
        Axis.log(axis(file, second), Ticks.NUMBER),
        List.of(),
        series);
  }

  private static Mark mark(
      ExplorationFile file, FrontPoint point, Objective first, Objective second) {
    Interval y = point.metrics().get(second.metric());
    String tip =
        system(point)
            + "\n"
            + point.model()
            + ", batch "
            + point.batch()
            + ", context "
            + point.contextTokens()
            + ", "
            + point.weights()
            + " weights, "
            + point.kv()
            + " KV\n"
            + file.objectives().stream()
                .map(o -> name(o) + " " + amount(file, point, o))
                .collect(Collectors.joining("\n"));
    return Mark.at(value(point, first), y, "", tip);
  }

  private static String axis(ExplorationFile file, Objective objective) {
    return name(objective) + " (" + file.units().get(objective.metric()) + ")";
  }

  private static DataTable table(ExplorationFile file, String scenario, List<FrontPoint> points) {
    List<Column> columns = new ArrayList<>();
    file.objectives()
        .forEach(o -> columns.add(Column.number(name(o), file.units().get(o.metric()))));
    columns.addAll(
        List.of(
            Column.text("system"),
            Column.text("model"),
            Column.count("batch"),
            Column.count("context"),
            Column.text("weights"),
            Column.text("KV")));
    return new DataTable(
        scenario.isEmpty() ? "Pareto front" : "Pareto front, " + scenario,
        columns,
        points.stream()
            .map(
                point -> {
                  List<Object> cells = new ArrayList<>();
                  file.objectives().forEach(o -> cells.add(value(point, o)));
                  cells.addAll(
                      row(
                          system(point),
                          point.model(),
                          point.batch(),
                          point.contextTokens(),
                          point.weights(),
                          point.kv()));
                  return cells;
                })
            .toList());
  }
}
