package dev.membound.model.report.section;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.chart.Line;
import dev.membound.model.chart.Line.Stroke;
import dev.membound.model.chart.Paint;
import dev.membound.model.chart.XyChart;
import dev.membound.model.run.SimulationFile.Prediction;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the KV cache grows with the context, and where each system runs full. */
final class KvCapacitySection implements ReportSection {
  private static final String KV = "kv";
  private static final long SHORTEST_CONTEXT = 1 << 10;
  private static final long LONGEST_CONTEXT = 1 << 20;

  @Override
  public String id() {
    return "kv-capacity";
  }

  @Override
  public String title() {
    return "KV cache and capacity";
  }

  @Override
  public SectionBody render(RunDocuments run) {
    List<Prediction> predictions =
        run.simulation().stream()
            .flatMap(simulation -> simulation.predictions().stream())
            .filter(p -> p.capacity().getOrDefault(KV, 0L) > 0 && p.context() > 0)
            .toList();
    if (predictions.isEmpty()) {
      return SectionBody.missing(
          "No prediction with a KV cache: simulation.json is not in this run folder or holds none."
              + " Run `./membound run --resume RUN-FOLDER`.");
    }
    List<Room> rooms = rooms(predictions);
    return SectionBody.of(
        List.of(
            new Figure(
                "figure-kv",
                "KV bytes of one sequence against its context",
                takeaway(rooms),
                "Slanted lines are the KV cache of one sequence by model and KV format, flat lines"
                    + " what a system holds in all. Weights take their part of it: the table says"
                    + " how many tokens remain.",
                chart(predictions),
                List.of(table(rooms)))));
  }

  /**
   * What a system has left for KV beside a model.
   *
   * @param weights, kv data formats
   * @param besideKvBytes weights, activations and workspace
   * @param tokens context of one sequence that fits; 0 where the weights alone do not
   */
  private record Room(
      String system,
      String model,
      String weights,
      String kv,
      double kvBytesPerToken,
      long besideKvBytes,
      long capacityBytes,
      long tokens) {}

  private static double kvBytesPerToken(Prediction p) {
    return p.capacity().get(KV) / ((double) p.batch() * p.context());
  }

  private static List<Room> rooms(List<Prediction> predictions) {
    Map<List<String>, Room> rooms = new LinkedHashMap<>();
    predictions.stream()
        .sorted(Comparator.comparingInt(Prediction::batch))
        .forEach(
            p -> {
              long beside =
                  p.capacity().entrySet().stream()
                      .filter(e -> !e.getKey().equals(KV))
                      .mapToLong(Map.Entry::getValue)
                      .sum();
              double perToken = kvBytesPerToken(p);
              long tokens = (long) Math.max(0, (p.capacityBytes() - beside) / perToken);
              rooms.putIfAbsent(
                  List.of(Workload.system(p), p.model(), p.weights(), p.kv()),
                  new Room(
                      Workload.system(p),
                      p.model(),
                      p.weights(),
                      p.kv(),
                      perToken,
                      beside,
                      p.capacityBytes(),
                      tokens));
            });
    return List.copyOf(rooms.values());
  }

  private static String takeaway(List<Room> rooms) {
    List<Room> holding = rooms.stream().filter(r -> r.tokens() > 0).toList();
    if (holding.isEmpty()) {
      return "No system holds any of the models' weights.";
    }
    Room least = holding.stream().min(Comparator.comparingLong(Room::tokens)).orElseThrow();
    Room most = holding.stream().max(Comparator.comparingLong(Room::tokens)).orElseThrow();
    long full = rooms.size() - holding.size();
    String tightest =
        "Beside "
            + least.model()
            + " in "
            + least.weights()
            + ", "
            + least.system()
            + " has room for "
            + Numbers.count(least.tokens())
            + " tokens of "
            + least.kv()
            + " KV";
    return (least == most
            ? tightest
            : tightest
                + ", the least; the most is "
                + Numbers.significant(most.tokens() / 1e6)
                + " million on "
                + most.system()
                + " with "
                + most.model())
        + (full == 0
            ? "."
            : "; " + full + " of " + rooms.size() + " pairings cannot even hold the weights.");
  }

  private static XyChart chart(List<Prediction> predictions) {
    List<Line> lines = new ArrayList<>();
    // one line a device: those of larger systems would crowd the picture
    Map<String, Prediction> smallest = new LinkedHashMap<>();
    for (Prediction p : predictions) {
      smallest.merge(p.device(), p, (x, y) -> x.deviceCount() <= y.deviceCount() ? x : y);
    }
    smallest
        .values()
        .forEach(
            p ->
                lines.add(
                    new Line(
                        "",
                        Paint.MUTED,
                        Stroke.DASHED,
                        Workload.system(p) + " · " + Numbers.bytes(p.capacityBytes()),
                        List.of(
                            new double[] {SHORTEST_CONTEXT, p.capacityBytes()},
                            new double[] {LONGEST_CONTEXT, p.capacityBytes()}))));
    Map<String, Double> perToken = new LinkedHashMap<>();
    predictions.forEach(p -> perToken.putIfAbsent(p.model() + ", " + p.kv(), kvBytesPerToken(p)));
    int n = 0;
    for (Map.Entry<String, Double> model : perToken.entrySet()) {
      lines.add(
          new Line(
              model.getKey(),
              Paint.series(n++),
              Stroke.SOLID,
              "",
              List.of(
                  new double[] {SHORTEST_CONTEXT, SHORTEST_CONTEXT * model.getValue()},
                  new double[] {LONGEST_CONTEXT, LONGEST_CONTEXT * model.getValue()})));
    }
    return new XyChart(
        Axis.log2("context (tokens)", Ticks.TOKENS)
            .between((double) SHORTEST_CONTEXT, (double) LONGEST_CONTEXT),
        Axis.log2("KV cache (bytes)", Ticks.BYTES),
        lines,
        List.of());
  }

  private static DataTable table(List<Room> rooms) {
    return new DataTable(
        "Context that fits, one sequence",
        List.of(
            Column.text("system"),
            Column.text("model"),
            Column.text("weights"),
            Column.text("KV"),
            Column.bytes("KV a token"),
            Column.bytes("beside KV"),
            Column.bytes("capacity"),
            Column.count("tokens that fit")),
        rooms.stream()
            .map(
                r ->
                    row(
                        r.system(),
                        r.model(),
                        r.weights(),
                        r.kv(),
                        r.kvBytesPerToken(),
                        r.besideKvBytes(),
                        r.capacityBytes(),
                        r.tokens()))
            .toList());
  }
}
