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
import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How much bandwidth scattered chunks reach: the price of a small page. */
final class ChunkSection implements ReportSection {
  private static final double NEARLY_STREAMING = 0.9;

  @Override
  public String id() {
    return "chunks";
  }

  @Override
  public String title() {
    return "Scattered pages";
  }

  @Override
  public SectionBody render(RunDocuments run) {
    TreeMap<Integer, TreeMap<Long, Interval>> curves = curves(run);
    if (curves.isEmpty()) {
      return SectionBody.missing(
          "measurements.json holds no sound chunk result. Run `./membound measure`.");
    }
    TreeMap<Integer, Interval> streaming = Ceilings.of(run).dram();
    return SectionBody.of(
        List.of(
            new Figure(
                "figure-chunks",
                "Bandwidth of random chunks against their size",
                takeaway(curves, streaming),
                "Each point reads chunks of one size in random order from DRAM; bars are 90 %"
                    + " intervals. Dashed lines are streaming reads with the same threads.",
                chart(curves, streaming),
                List.of(table(curves, streaming)))));
  }

  private static TreeMap<Integer, TreeMap<Long, Interval>> curves(RunDocuments run) {
    TreeMap<Integer, TreeMap<Long, Interval>> curves = new TreeMap<>();
    for (Measurement m : run.family("chunk")) {
      Long chunkBytes = m.shape().get("chunkBytes");
      if (chunkBytes != null && m.gigabytesPerSecond() != null) {
        curves
            .computeIfAbsent(m.threads(), t -> new TreeMap<>())
            .put(chunkBytes, m.gigabytesPerSecond());
      }
    }
    return curves;
  }

  private static String takeaway(
      TreeMap<Integer, TreeMap<Long, Interval>> curves, TreeMap<Integer, Interval> streaming) {
    int threads = curves.firstKey();
    TreeMap<Long, Interval> curve = curves.get(threads);
    long smallest = curve.firstKey();
    Interval stream = streaming.get(threads);
    String with = "With " + Labels.threads(threads) + ", random ";
    if (stream == null) {
      return with
          + Numbers.bytes(smallest)
          + " chunks reach "
          + Numbers.significant(curve.get(smallest).median())
          + " GB/s, "
          + Numbers.bytes(curve.lastKey())
          + " chunks "
          + Numbers.significant(curve.lastEntry().getValue().median())
          + " GB/s; no streaming read was measured to compare.";
    }
    double streamingRate = stream.median() / 1e9;
    String start =
        with
            + Numbers.bytes(smallest)
            + " chunks reach "
            + Numbers.percent(curve.get(smallest).median() / streamingRate)
            + " of streaming bandwidth; ";
    return start
        + curve.entrySet().stream()
            .filter(e -> e.getValue().median() >= NEARLY_STREAMING * streamingRate)
            .findFirst()
            .map(e -> "chunks of " + Numbers.bytes(e.getKey()) + " are needed for 90 %.")
            .orElseGet(
                () ->
                    "even "
                        + Numbers.bytes(curve.lastKey())
                        + " chunks stay at "
                        + Numbers.percent(curve.lastEntry().getValue().median() / streamingRate)
                        + ".");
  }

  private static XyChart chart(
      TreeMap<Integer, TreeMap<Long, Interval>> curves, TreeMap<Integer, Interval> streaming) {
    long from = curves.values().stream().mapToLong(TreeMap::firstKey).min().orElseThrow();
    long to = curves.values().stream().mapToLong(TreeMap::lastKey).max().orElseThrow();
    List<Line> lines = new ArrayList<>();
    List<MarkSeries> series = new ArrayList<>();
    for (Map.Entry<Integer, TreeMap<Long, Interval>> curve : curves.entrySet()) {
      int n = series.size();
      Paint paint = Paint.series(n);
      List<double[]> points = new ArrayList<>();
      List<Mark> marks = new ArrayList<>();
      curve
          .getValue()
          .forEach(
              (chunkBytes, rate) -> {
                points.add(new double[] {chunkBytes, rate.median()});
                marks.add(
                    Mark.at(
                        chunkBytes,
                        rate,
                        "",
                        Numbers.bytes(chunkBytes)
                            + " chunks, "
                            + Labels.threads(curve.getKey())
                            + "\n"
                            + Labels.interval(rate)
                            + " GB/s"));
              });
      lines.add(new Line("", paint, Stroke.SOLID, "", points));
      series.add(
          new MarkSeries(Labels.threads(curve.getKey()), paint, MarkSeries.symbol(n), marks));
      Interval stream = streaming.get(curve.getKey());
      if (stream != null) {
        double rate = stream.median() / 1e9;
        lines.add(
            new Line(
                "",
                paint,
                Stroke.DASHED,
                "streaming, " + Labels.threads(curve.getKey()),
                List.of(new double[] {from, rate}, new double[] {to, rate})));
      }
    }
    return new XyChart(
        Axis.log2("chunk size (bytes)", Ticks.BYTES).between((double) from, (double) to),
        Axis.linear("bandwidth (GB/s)", Ticks.NUMBER).between(0.0, null),
        lines,
        series);
  }

  private static DataTable table(
      TreeMap<Integer, TreeMap<Long, Interval>> curves, TreeMap<Integer, Interval> streaming) {
    List<List<Object>> rows = new ArrayList<>();
    curves.forEach(
        (threads, curve) ->
            curve.forEach(
                (chunkBytes, rate) -> {
                  Interval stream = streaming.get(threads);
                  rows.add(
                      row(
                          chunkBytes,
                          threads,
                          rate.median(),
                          rate.low(),
                          rate.high(),
                          stream == null ? null : 100 * rate.median() / (stream.median() / 1e9)));
                }));
    return new DataTable(
        "Random chunks from DRAM, median and 90 % interval",
        List.of(
            Column.bytes("chunk"),
            Column.count("threads"),
            Column.number("median", "GB/s"),
            Column.number("low", "GB/s"),
            Column.number("high", "GB/s"),
            Column.percent("of streaming")),
        rows);
  }
}
