package dev.membound.model.report.section;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.chart.BarChart;
import dev.membound.model.chart.Mark;
import dev.membound.model.chart.MarkSeries;
import dev.membound.model.chart.MarkSeries.Symbol;
import dev.membound.model.chart.Paint;
import dev.membound.model.chart.RowChart;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.run.Interval;
import dev.membound.model.run.SimulationFile;
import dev.membound.model.run.SimulationFile.OperatorShare;
import dev.membound.model.run.SimulationFile.Prediction;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What the reference systems would reach, and where their time goes. */
final class SimulationSection implements ReportSection {
  /** Operators with a colour of their own; the rest is drawn as one. */
  private static final int COLOURED_OPERATORS = 6;

  @Override
  public String id() {
    return "systems";
  }

  @Override
  public String title() {
    return "Reference systems";
  }

  @Override
  public SectionBody render(RunDocuments run) {
    if (run.simulation().isEmpty()) {
      return SectionBody.missing(
          "simulation.json is not in this run folder. Run `./membound run --resume RUN-FOLDER`.");
    }
    SimulationFile simulation = run.simulation().get();
    if (simulation.predictions().isEmpty()) {
      return SectionBody.missing("simulation.json holds no prediction.");
    }
    List<Figure> figures = new ArrayList<>();
    Workload.byModel(simulation).forEach((model, all) -> figures.add(rates(model, all)));
    Workload.showcase(simulation)
        .forEach(
            (model, all) -> {
              List<Prediction> fitting = all.stream().filter(Prediction::fits).toList();
              if (!fitting.isEmpty()) {
                figures.add(breakdown(model, fitting));
              }
            });
    return new SectionBody(notes(simulation), List.of(), figures, List.of());
  }

  private static List<String> notes(SimulationFile simulation) {
    int all = simulation.predictions().size();
    long refused = simulation.predictions().stream().filter(p -> !p.fits()).count();
    return refused == 0
        ? List.of()
        : List.of(
            refused
                + " of "
                + all
                + " combinations of system, model and workload do not fit into memory; the tables"
                + " say by how much.");
  }

  /** Where a prediction leaves the range that stands behind it. */
  private static List<DataTable> warnings(String model, List<Prediction> predictions) {
    List<List<Object>> rows = new ArrayList<>();
    for (Prediction p : predictions) {
      for (String warning : p.warnings()) {
        rows.add(row(Workload.system(p), Workload.of(p).terms(), warning));
      }
    }
    return rows.isEmpty()
        ? List.of()
        : List.of(
            new DataTable(
                "Warnings for " + model,
                List.of(Column.text("system"), Column.text("workload"), Column.text("warning")),
                rows));
  }

  private static Figure rates(String model, List<Prediction> all) {
    List<Prediction> fitting = all.stream().filter(Prediction::fits).toList();
    List<DataTable> tables = new ArrayList<>();
    tables.add(table(model, all));
    tables.addAll(warnings(model, all));
    return new Figure(
        "figure-rate-" + Ids.of(model),
        "Predicted decode rate of " + model,
        ratesTakeaway(model, fitting),
        "Tokens a second of the whole batch on a logarithmic axis; bars are 90 % intervals that"
            + " hold parameter and model error.",
        rateChart(fitting),
        tables);
  }

  private static String ratesTakeaway(String model, List<Prediction> fitting) {
    if (fitting.isEmpty()) {
      return "No reference system holds " + model + ".";
    }
    Map<Workload, List<Prediction>> byWorkload = Workload.byWorkload(fitting);
    Map.Entry<Workload, List<Prediction>> most =
        byWorkload.entrySet().stream()
            .min(
                Comparator.comparingInt(
                        (Map.Entry<Workload, List<Prediction>> e) -> -e.getValue().size())
                    .thenComparingInt(e -> e.getKey().batch())
                    .thenComparingLong(e -> e.getKey().context()))
            .orElseThrow();
    Comparator<Prediction> byRate =
        Comparator.comparingDouble(p -> p.decodeTokensPerSecond().median());
    Prediction fastest = most.getValue().stream().max(byRate).orElseThrow();
    Prediction slowest = most.getValue().stream().min(byRate).orElseThrow();
    String lead =
        "With "
            + most.getKey().terms()
            + ", "
            + Workload.system(fastest)
            + " decodes "
            + Labels.interval(fastest.decodeTokensPerSecond())
            + " tokens/s";
    if (fastest == slowest) {
      return lead + "; no other reference system holds it.";
    }
    boolean apart = fastest.decodeTokensPerSecond().low() > slowest.decodeTokensPerSecond().high();
    return lead
        + ", "
        + Numbers.significant(
            fastest.decodeTokensPerSecond().median() / slowest.decodeTokensPerSecond().median())
        + " times as many as "
        + Workload.system(slowest)
        + (apart ? "." : ", though their intervals overlap.");
  }

  private static RowChart rateChart(List<Prediction> fitting) {
    List<RowChart.Row> rows = new ArrayList<>();
    List<Mark> measured = new ArrayList<>();
    List<Mark> others = new ArrayList<>();
    Workload.byWorkload(fitting)
        .forEach(
            (workload, predictions) -> {
              rows.add(new RowChart.Row(workload.terms(), true));
              for (Prediction p : predictions) {
                boolean fitted =
                    p.provenance().stream()
                        .allMatch(x -> x == Provenance.FITTED || x == Provenance.MEASURED);
                (fitted ? measured : others)
                    .add(Mark.inRow(rows.size(), p.decodeTokensPerSecond(), tip(p)));
                rows.add(new RowChart.Row(Workload.system(p), false));
              }
            });
    List<MarkSeries> series = new ArrayList<>();
    if (!measured.isEmpty()) {
      series.add(
          new MarkSeries("calibrated on this machine", Paint.SERIES2, Symbol.DIAMOND, measured));
    }
    series.add(
        new MarkSeries("partly from data sheets or assumed", Paint.SERIES1, Symbol.CIRCLE, others));
    series.removeIf(s -> s.marks().isEmpty());
    return new RowChart(
        Axis.log("decode rate (tokens/s)", Ticks.NUMBER), rows, series, List.of(), false);
  }

  private static String tip(Prediction p) {
    return Workload.system(p)
        + ", "
        + p.model()
        + "\n"
        + Workload.of(p).terms()
        + "\n"
        + Labels.interval(p.decodeTokensPerSecond())
        + " tokens/s\nstep "
        + Labels.interval(p.decodeStepSeconds(), Numbers::seconds);
  }

  private static Figure breakdown(String model, List<Prediction> predictions) {
    return new Figure(
        "figure-breakdown-" + Ids.of(model),
        "Where a decode step of " + model + " goes",
        breakdownTakeaway(predictions),
        "Each bar is one decode step of the named system and workload, split by operator; its time"
            + " stands beside it. The word in a segment is what holds that operator up.",
        breakdownChart(predictions),
        List.of(operatorTable(model, predictions)));
  }

  private static String breakdownTakeaway(List<Prediction> predictions) {
    List<String> sentences = new ArrayList<>();
    double least = 1;
    for (Prediction p : predictions) {
      TreeMap<String, Double> byBottleneck = new TreeMap<>();
      p.operators().forEach(o -> byBottleneck.merge(o.bottleneck(), o.seconds(), Double::sum));
      double total = total(p);
      byBottleneck.entrySet().stream()
          .max(Map.Entry.comparingByValue())
          .ifPresent(
              top ->
                  sentences.add(
                      Workload.system(p)
                          + " "
                          + Numbers.percent(top.getValue() / total)
                          + " "
                          + top.getKey()));
      least = Math.min(least, byBottleneck.getOrDefault("memory", 0.0) / total);
    }
    String lead =
        least > 0.9
            ? "Memory holds up at least " + Numbers.percent(least) + " of every step"
            : least > 0.5
                ? "Memory holds up most of every step"
                : "Not every step is held up by memory";
    return lead + ": " + Labels.list(sentences) + ".";
  }

  private static double total(Prediction p) {
    return p.operators().stream().mapToDouble(OperatorShare::seconds).sum();
  }

  private static BarChart breakdownChart(List<Prediction> predictions) {
    Map<String, Double> weight = new LinkedHashMap<>();
    for (Prediction p : predictions) {
      for (OperatorShare o : p.operators()) {
        weight.merge(o.operator(), o.seconds() / total(p), Double::sum);
      }
    }
    List<String> largest =
        weight.entrySet().stream()
            .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
            .map(Map.Entry::getKey)
            .toList();
    boolean others = largest.size() > COLOURED_OPERATORS + 1;
    List<String> own = others ? largest.subList(0, COLOURED_OPERATORS) : largest;
    List<BarChart.Bars> series = new ArrayList<>();
    for (String operator : weight.keySet()) {
      if (own.contains(operator)) {
        series.add(
            bars(operator, Paint.series(series.size()), predictions, o -> o.equals(operator)));
      }
    }
    if (others) {
      series.add(bars("everything else", Paint.MUTED, predictions, o -> !own.contains(o)));
    }
    return new BarChart(
        Axis.linear("share of the step (%)", Ticks.PERCENT).between(0.0, 100.0),
        "",
        predictions.stream()
            .map(
                p ->
                    Workload.system(p)
                        + ", "
                        + Numbers.seconds(p.decodeStepSeconds().median())
                        + "\n"
                        + p.weights()
                        + ", "
                        + Workload.of(p).size())
            .toList(),
        series,
        true);
  }

  private static BarChart.Bars bars(
      String name, Paint paint, List<Prediction> predictions, Predicate<String> operators) {
    List<BarChart.Segment> segments = new ArrayList<>();
    for (Prediction p : predictions) {
      List<OperatorShare> mine =
          p.operators().stream().filter(o -> operators.test(o.operator())).toList();
      double seconds = mine.stream().mapToDouble(OperatorShare::seconds).sum();
      List<String> bottlenecks = mine.stream().map(OperatorShare::bottleneck).distinct().toList();
      segments.add(
          mine.isEmpty()
              ? null
              : new BarChart.Segment(
                  100 * seconds / total(p),
                  bottlenecks.size() == 1 ? bottlenecks.getFirst() : "mixed",
                  Workload.system(p)
                      + ": "
                      + name
                      + "\n"
                      + Numbers.seconds(seconds)
                      + ", "
                      + Numbers.percent(seconds / total(p))
                      + " of the step\nheld up by "
                      + Labels.list(bottlenecks)));
    }
    return new BarChart.Bars(name, paint, segments);
  }

  private static DataTable operatorTable(String model, List<Prediction> predictions) {
    List<List<Object>> rows = new ArrayList<>();
    for (Prediction p : predictions) {
      for (OperatorShare o : p.operators()) {
        rows.add(
            row(
                Workload.system(p),
                o.operator(),
                o.engine(),
                o.seconds(),
                100 * o.seconds() / total(p),
                o.bytes(),
                o.flops() / 1e9,
                o.bottleneck()));
      }
    }
    return new DataTable(
        "Operators of a decode step of " + model,
        List.of(
            Column.text("system"),
            Column.text("operator"),
            Column.text("engine"),
            Column.seconds("time"),
            Column.percent("of the step"),
            Column.bytes("moved"),
            Column.number("work", "GFLOP"),
            Column.text("bottleneck")),
        rows);
  }

  private static DataTable table(String model, List<Prediction> predictions) {
    List<List<Object>> rows = new ArrayList<>();
    for (Prediction p : predictions) {
      Interval rate = p.decodeTokensPerSecond();
      rows.add(
          row(
              Workload.system(p),
              p.weights(),
              p.kv(),
              p.batch(),
              p.context(),
              p.kvSelection(),
              p.fits() ? "yes" : "no, " + Numbers.bytes(p.shortfallBytes()) + " short",
              rate == null ? null : rate.median(),
              rate == null ? null : rate.low(),
              rate == null ? null : rate.high(),
              p.decodeStepSeconds() == null ? null : p.decodeStepSeconds().median(),
              p.prefillSeconds() == null ? null : p.prefillSeconds().median(),
              Labels.list(p.provenance().stream().map(Object::toString).distinct().toList())));
    }
    return new DataTable(
        "Predictions for " + model + ", median and 90 % interval",
        List.of(
            Column.text("system"),
            Column.text("weights"),
            Column.text("KV"),
            Column.count("batch"),
            Column.count("context"),
            Column.text("attends to"),
            Column.text("fits"),
            Column.number("decode", "tokens/s"),
            Column.number("low", "tokens/s"),
            Column.number("high", "tokens/s"),
            Column.seconds("step"),
            Column.seconds("prefill"),
            Column.text("stands on, weakest first")),
        rows);
  }
}
