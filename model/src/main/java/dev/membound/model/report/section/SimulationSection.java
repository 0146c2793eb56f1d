package dev.membound.model.report.section;

import static dev.membound.model.report.table.DataTable.row;

import dev.membound.model.report.chart.Axis;
import dev.membound.model.report.chart.Axis.Ticks;
import dev.membound.model.report.chart.BarChart;
import dev.membound.model.report.chart.Mark;
import dev.membound.model.report.chart.MarkSeries;
import dev.membound.model.report.chart.Paint;
import dev.membound.model.report.chart.RowChart;
import dev.membound.model.report.table.Column;
import dev.membound.model.report.table.DataTable;
import dev.membound.model.report.table.Numbers;
import dev.membound.model.run.Interval;
import dev.membound.model.run.SimulationFile;
import dev.membound.model.run.SimulationFile.OperatorShare;
import dev.membound.model.run.SimulationFile.Prediction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
          "simulation.json is not in this run folder. Run `membound simulate`.");
    }
    SimulationFile simulation = run.simulation().get();
    if (simulation.predictions().isEmpty()) {
      return SectionBody.missing("simulation.json holds no prediction.");
    }
    List<Figure> figures = new ArrayList<>();
    Workload.byModel(simulation).forEach((model, all) -> figures.add(rates(model, all)));
    Workload.representative(simulation)
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
    Map<String, Set<String>> tooSmall = new LinkedHashMap<>();
    Map<String, Set<String>> warned = new LinkedHashMap<>();
    for (Prediction p : simulation.predictions()) {
      if (!p.fits()) {
        tooSmall
            .computeIfAbsent(
                p.model() + " (" + Workload.of(p).terms() + ") does not fit on ",
                w -> new LinkedHashSet<>())
            .add(Workload.system(p) + ", " + Numbers.bytes(p.shortfallBytes()) + " short");
      }
      for (String warning : p.warnings()) {
        warned.computeIfAbsent(warning, w -> new LinkedHashSet<>()).add(Workload.system(p));
      }
    }
    List<String> notes = new ArrayList<>();
    tooSmall.forEach((what, where) -> notes.add(what + String.join("; ", where) + "."));
    warned.forEach((warning, systems) -> notes.add(Labels.list(systems) + ": " + warning));
    return notes;
  }

  private static Figure rates(String model, List<Prediction> all) {
    List<Prediction> fitting = all.stream().filter(Prediction::fits).toList();
    return new Figure(
        "figure-rate-" + Ids.of(model),
        "Predicted decode rate of " + model,
        ratesTakeaway(model, fitting),
        "Tokens a second of the whole batch on a logarithmic axis; bars are 90 % intervals that"
            + " hold parameter and model error.",
        rateChart(fitting),
        List.of(table(model, all)));
  }

  private static String ratesTakeaway(String model, List<Prediction> fitting) {
    if (fitting.isEmpty()) {
      return "No reference system holds " + model + ".";
    }
    Map<Workload, List<Prediction>> byWorkload = new LinkedHashMap<>();
    fitting.forEach(p -> byWorkload.computeIfAbsent(Workload.of(p), w -> new ArrayList<>()).add(p));
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
    List<String> systems = fitting.stream().map(Workload::system).distinct().toList();
    Map<String, List<Mark>> byTerms = new LinkedHashMap<>();
    for (Prediction p : fitting) {
      byTerms
          .computeIfAbsent(Workload.of(p).terms(), t -> new ArrayList<>())
          .add(Mark.inRow(systems.indexOf(Workload.system(p)), p.decodeTokensPerSecond(), tip(p)));
    }
    List<MarkSeries> series = new ArrayList<>();
    byTerms.forEach(
        (terms, marks) -> {
          int n = series.size();
          series.add(new MarkSeries(terms, Paint.series(n), MarkSeries.symbol(n), marks));
        });
    return new RowChart(
        Axis.log("decode rate (tokens/s)", Ticks.NUMBER), systems, series, List.of());
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
    Workload workload = Workload.of(predictions.getFirst());
    return new Figure(
        "figure-breakdown-" + Ids.of(model),
        "Where a decode step of " + model + " goes",
        breakdownTakeaway(predictions),
        "Each bar is one decode step ("
            + workload.terms()
            + "), split by operator; the step's time stands beside the system. The word in a segment"
            + " is what holds that operator up.",
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
            .map(p -> Workload.system(p) + "\n" + Numbers.seconds(p.decodeStepSeconds().median()))
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
              p.fits() ? "yes" : "no, " + Numbers.bytes(p.shortfallBytes()) + " short",
              rate.median(),
              rate.low(),
              rate.high(),
              p.decodeStepSeconds().median(),
              p.prefillSeconds().median(),
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
