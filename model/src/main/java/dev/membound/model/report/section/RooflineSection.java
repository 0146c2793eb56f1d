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
import dev.membound.model.chart.XyChart;
import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.Residency;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The roofline (Williams, Waterman, Patterson, CACM 2009) of this machine with every kernel on it.
 */
final class RooflineSection implements ReportSection {

  @Override
  public String id() {
    return "roofline";
  }

  @Override
  public String title() {
    return "Roofline";
  }

  @Override
  public SectionBody render(RunDocuments run) {
    Ceilings ceilings = Ceilings.of(run);
    List<Measurement> kernels =
        run.kernels().stream().filter(m -> m.flops() > 0 && m.algorithmicBytes() > 0).toList();
    if (ceilings.dram().isEmpty() || ceilings.peakFlopsPerSecond().isEmpty()) {
      return SectionBody.missing(
          "A roofline needs a DRAM read ceiling and an FMA peak; measurements.json lacks one of"
              + " them. Run `./membound measure`.");
    }
    Figure figure =
        new Figure(
            "figure-roofline",
            "Performance against arithmetic intensity",
            takeaway(ceilings, kernels),
            "Slanted lines are read ceilings, flat lines the FMA peak; solid with all threads, dotted"
                + " with one. A result above the line of its level and threads met faster memory than"
                + " the probes of that line did; its share of the ceiling was probed beside it. Solid symbols"
                + " stream from DRAM, hollow ones from a cache; bars are 90 % intervals; triangles"
                + " are the ridge points.",
            chart(ceilings, kernels),
            List.of(table(ceilings, kernels)));
    return SectionBody.of(List.of(figure));
  }

  private static String takeaway(Ceilings ceilings, List<Measurement> kernels) {
    Map<Integer, Double> ridges = new TreeMap<>();
    for (int threads : ceilings.threads()) {
      ceilings.ridgeFlopsPerByte(threads).ifPresent(ridge -> ridges.put(threads, ridge));
    }
    if (ridges.isEmpty()) {
      return "No thread count has both a DRAM ceiling and an FMA peak, so there is no ridge point"
          + " to hold kernels against.";
    }
    String where =
        "The ridge point lies at "
            + Labels.list(
                ridges.entrySet().stream()
                    .map(
                        e ->
                            Numbers.significant(e.getValue())
                                + " FLOP/B with "
                                + Labels.threads(e.getKey()))
                    .toList());
    // how far left of the ridge of its own threads a result lies
    List<Double> distances =
        kernels.stream()
            .filter(m -> m.residency() == Residency.DRAM && ridges.containsKey(m.threads()))
            .map(m -> ridges.get(m.threads()) / Rates.arithmeticIntensity(m))
            .toList();
    if (distances.isEmpty()) {
      return where + "; no kernel result from DRAM stands against it.";
    }
    String results = Numbers.counted(distances.size(), "DRAM-resident result");
    long left = distances.stream().filter(distance -> distance > 1).count();
    if (left == distances.size()) {
      return where
          + ": all "
          + results
          + " lie left of that of their threads, the nearest by a factor of "
          + Numbers.significant(Collections.min(distances))
          + ", where bandwidth bounds what any kernel can reach.";
    }
    if (left == 0) {
      return where
          + ": no DRAM-resident result lies left of that of its threads, so arithmetic bounds them"
          + " all.";
    }
    return where
        + ": "
        + left
        + " of "
        + results
        + " lie left of that of their threads and are bounded by memory, the others by arithmetic.";
  }

  private static XyChart chart(Ceilings ceilings, List<Measurement> kernels) {
    double ridge =
        ceilings.threads().stream()
            .flatMap(t -> ceilings.ridgeFlopsPerByte(t).stream())
            .mapToDouble(Double::doubleValue)
            .max()
            .orElse(1);
    double lowest =
        kernels.stream().mapToDouble(Rates::arithmeticIntensity).min().orElse(ridge / 16);
    double highest = kernels.stream().mapToDouble(Rates::arithmeticIntensity).max().orElse(ridge);
    double from = lowest / 4;
    double to = Math.max(highest, ridge) * 4;
    // a wide interval may leave the picture: its point must not be squeezed by it
    double bottom =
        Math.min(
            ceilings.dram().firstEntry().getValue().median() * from,
            kernels.stream()
                    .mapToDouble(m -> Rates.flopsPerSecond(m).median())
                    .min()
                    .orElse(Double.MAX_VALUE)
                / 2);
    double top = 2 * ceilings.peakFlopsPerSecond().lastEntry().getValue().median();
    return new XyChart(
        Axis.log("arithmetic intensity (FLOP/B)", Ticks.NUMBER).between(from, to),
        Axis.log("performance (GFLOP/s)", Ticks.NUMBER).between(bottom / 1e9, top / 1e9),
        roofs(ceilings, from, to),
        points(ceilings, kernels));
  }

  private static List<Line> roofs(Ceilings ceilings, double from, double to) {
    List<Line> roofs = new ArrayList<>();
    TreeSet<Integer> shown = new TreeSet<>();
    shown.add(ceilings.peakFlopsPerSecond().firstKey());
    shown.add(ceilings.peakFlopsPerSecond().lastKey());
    for (int threads : shown) {
      boolean all = threads == shown.last();
      double peak = ceilings.peakFlopsPerSecond().get(threads).median();
      ceilings
          .readBytesPerSecond()
          .forEach(
              (level, byThreads) -> {
                Interval bandwidth = byThreads.get(threads);
                if (bandwidth != null) {
                  roofs.add(slanted(level, threads, all, bandwidth.median(), peak, from));
                }
              });
      double knee =
          ceilings.readBytesPerSecond().values().stream()
              .filter(byThreads -> byThreads.containsKey(threads))
              .mapToDouble(byThreads -> peak / byThreads.get(threads).median())
              .min()
              .orElse(from);
      roofs.add(
          new Line(
              "",
              Paint.INK,
              all ? Stroke.SOLID : Stroke.DOTTED,
              "FMA peak " + Numbers.significant(peak / 1e9) + " · " + Labels.threads(threads),
              List.of(
                  new double[] {to, peak / 1e9}, new double[] {Math.max(from, knee), peak / 1e9})));
    }
    return roofs;
  }

  private static Line slanted(
      Residency level, int threads, boolean all, double bytesPerSecond, double peak, double from) {
    double ridge = peak / bytesPerSecond;
    return new Line(
        "",
        level == Residency.DRAM ? Paint.ACCENT : Paint.MUTED,
        all ? (level == Residency.DRAM ? Stroke.SOLID : Stroke.THIN) : Stroke.DOTTED,
        level
            + " "
            + Numbers.significant(bytesPerSecond / 1e9)
            + " GB/s · "
            + Labels.threads(threads),
        List.of(
            new double[] {from, from * bytesPerSecond / 1e9}, new double[] {ridge, peak / 1e9}));
  }

  private static List<MarkSeries> points(Ceilings ceilings, List<Measurement> kernels) {
    Map<String, List<Measurement>> families = new TreeMap<>();
    for (Measurement m : kernels) {
      families.computeIfAbsent(m.kernel(), k -> new ArrayList<>()).add(m);
    }
    List<MarkSeries> series = new ArrayList<>();
    List<Measurement> labelled = labelled(kernels);
    int n = 0;
    for (Map.Entry<String, List<Measurement>> family : families.entrySet()) {
      List<Mark> dram = new ArrayList<>();
      List<Mark> cache = new ArrayList<>();
      for (Measurement m : family.getValue()) {
        (m.residency() == Residency.DRAM ? dram : cache).add(mark(m, labelled.contains(m)));
      }
      Paint paint = Paint.series(n++);
      if (!dram.isEmpty()) {
        series.add(new MarkSeries(family.getKey() + ", DRAM", paint, Symbol.CIRCLE, dram));
      }
      if (!cache.isEmpty()) {
        series.add(new MarkSeries(family.getKey() + ", cache", paint, Symbol.RING, cache));
      }
    }
    series.add(ridgePoints(ceilings));
    return series;
  }

  /**
   * The fastest DRAM result of each kernel and format carries a label; more would hide the points.
   */
  private static List<Measurement> labelled(List<Measurement> kernels) {
    Map<String, Measurement> fastest = new LinkedHashMap<>();
    kernels.stream()
        .filter(m -> m.residency() == Residency.DRAM)
        .forEach(
            m ->
                fastest.merge(
                    m.kernel() + m.format(),
                    m,
                    (a, b) ->
                        Comparator.comparingDouble(
                                        (Measurement x) -> Rates.flopsPerSecond(x).median())
                                    .compare(a, b)
                                >= 0
                            ? a
                            : b));
    return List.copyOf(fastest.values());
  }

  private static Mark mark(Measurement m, boolean labelled) {
    Interval rate = Rates.flopsPerSecond(m);
    Interval giga = new Interval(rate.median() / 1e9, rate.low() / 1e9, rate.high() / 1e9);
    String tip =
        Labels.kernel(m)
            + "\n"
            + Labels.shape(m.shape())
            + "\n"
            + Labels.threads(m.threads())
            + ", from "
            + m.residency()
            + "\n"
            + Labels.interval(giga)
            + " GFLOP/s at "
            + Numbers.significant(Rates.arithmeticIntensity(m))
            + " FLOP/B";
    String label = labelled ? m.kernel() + " " + m.format() : "";
    return Mark.at(Rates.arithmeticIntensity(m), giga, label, tip);
  }

  private static MarkSeries ridgePoints(Ceilings ceilings) {
    List<Mark> marks = new ArrayList<>();
    ceilings
        .peakFlopsPerSecond()
        .forEach(
            (threads, peak) ->
                ceilings
                    .ridgeFlopsPerByte(threads)
                    .ifPresent(
                        ridge -> {
                          double y = peak.median() / 1e9;
                          marks.add(
                              new Mark(
                                  ridge,
                                  y,
                                  y,
                                  y,
                                  "",
                                  "ridge point, "
                                      + Labels.threads(threads)
                                      + "\n"
                                      + Numbers.significant(ridge)
                                      + " FLOP/B"));
                        }));
    return new MarkSeries("ridge point", Paint.ACCENT, Symbol.TRIANGLE, marks);
  }

  private static DataTable table(Ceilings ceilings, List<Measurement> kernels) {
    List<List<Object>> rows = new ArrayList<>();
    for (Measurement m : kernels) {
      Interval rate = Rates.flopsPerSecond(m);
      rows.add(
          row(
              Labels.kernel(m),
              Labels.shape(m.shape()),
              m.threads(),
              m.residency().toString(),
              Rates.arithmeticIntensity(m),
              rate.median() / 1e9,
              rate.low() / 1e9,
              rate.high() / 1e9,
              roof(ceilings, m).orElse(null)));
    }
    return new DataTable(
        "Kernels on the roofline",
        List.of(
            Column.text("kernel"),
            Column.text("shape"),
            Column.count("threads"),
            Column.text("level"),
            Column.number("intensity", "FLOP/B"),
            Column.number("median", "GFLOP/s"),
            Column.number("low", "GFLOP/s"),
            Column.number("high", "GFLOP/s"),
            Column.number("roof above it", "GFLOP/s")),
        rows);
  }

  private static Optional<Double> roof(Ceilings ceilings, Measurement m) {
    TreeMap<Integer, Interval> byThreads = ceilings.readBytesPerSecond().get(m.residency());
    Interval peak = ceilings.peakFlopsPerSecond().get(m.threads());
    if (byThreads == null || byThreads.get(m.threads()) == null || peak == null) {
      return Optional.empty();
    }
    double slanted = Rates.arithmeticIntensity(m) * byThreads.get(m.threads()).median();
    return Optional.of(Math.min(slanted, peak.median()) / 1e9);
  }
}
