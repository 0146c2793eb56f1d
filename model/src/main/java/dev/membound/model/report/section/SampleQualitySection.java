package dev.membound.model.report.section;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.chart.BarChart;
import dev.membound.model.chart.Paint;
import dev.membound.model.run.Disturbance;
import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.Sample;
import dev.membound.model.statistics.UsableSamples;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** How undisturbed the samples were: what the intervals rest on. */
final class SampleQualitySection implements ReportSection {
  /** Upper edges of the bins of time over median; the last bin is open. */
  private static final double[] EDGES = {
    0.8, 0.9, 0.95, 0.98, 1.02, 1.05, 1.1, 1.2, 1.5, 2.0, Double.POSITIVE_INFINITY
  };

  private static final List<String> BINS =
      List.of(
          "< 0.8",
          "0.8–0.9",
          "0.9–0.95",
          "0.95–0.98",
          "0.98–1.02",
          "1.02–1.05",
          "1.05–1.1",
          "1.1–1.2",
          "1.2–1.5",
          "1.5–2",
          "> 2");

  private static final List<Disturbance> NO_REASON = List.of();

  @Override
  public String id() {
    return "quality";
  }

  @Override
  public String title() {
    return "Quality of the samples";
  }

  @Override
  public SectionBody render(RunDocuments run) {
    List<Measurement> sampled =
        run.measurements().measurements().stream().filter(m -> !m.samples().isEmpty()).toList();
    if (sampled.isEmpty()) {
      return SectionBody.missing("measurements.json holds no sample. Run `./membound measure`.");
    }
    return SectionBody.of(
        List.of(
            new Figure(
                "figure-quality",
                "Samples against the median of their measurement",
                takeaway(sampled),
                "Time of each sample over the median of its measurement. A disturbed sample is one"
                    + " during which something else took the core, or the JIT compiler worked or was not"
                    + " yet done; it is shown, and left out of the medians, unless fewer than a third of the"
                    + " samples are undisturbed: then all count.",
                chart(sampled),
                Stream.concat(reasons(sampled).stream(), Stream.of(table(sampled))).toList())));
  }

  private static String takeaway(List<Measurement> sampled) {
    long total = sampled.stream().mapToLong(m -> m.samples().size()).sum();
    long disturbed = sampled.stream().mapToLong(SampleQualitySection::disturbed).sum();
    long near =
        sampled.stream()
            .flatMap(m -> m.samples().stream().filter(s -> !s.disturbed()).map(s -> ratio(m, s)))
            .filter(ratio -> ratio >= 0.95 && ratio <= 1.05)
            .count();
    long undisturbed = total - disturbed;
    Measurement widest =
        sampled.stream()
            .max(Comparator.comparingDouble(SampleQualitySection::relativeWidth))
            .orElseThrow();
    String lead =
        disturbed == 0
            ? "No sample of " + Numbers.count(total) + " was disturbed"
            : Numbers.percent(disturbed / (double) total)
                + " of "
                + Numbers.count(total)
                + " samples were disturbed";
    String spread =
        undisturbed == 0
            ? "; there is no undisturbed one, so distrust every number here"
            : "; of the undisturbed "
                + Numbers.percent(near / (double) undisturbed)
                + " lie within 5 % of their median";
    long ofAll = sampled.stream().filter(m -> UsableSamples.includeDisturbed(m.samples())).count();
    String counted =
        ofAll == 0
            ? ""
            : "; "
                + Numbers.count(ofAll)
                + " of "
                + Numbers.count(sampled.size())
                + " medians are of disturbed samples too, since fewer than a third are undisturbed";
    return lead
        + counted
        + spread
        + "; the widest 90 % interval is ±"
        + Numbers.percent(relativeWidth(widest) / 2)
        + " on "
        + widest.id()
        + ".";
  }

  private static double ratio(Measurement m, Sample s) {
    return s.secondsPerCall() / m.secondsPerCall().median();
  }

  private static long disturbed(Measurement m) {
    return m.samples().stream().filter(Sample::disturbed).count();
  }

  private static double relativeWidth(Measurement m) {
    Interval t = m.secondsPerCall();
    return (t.high() - t.low()) / t.median();
  }

  /** What disturbed the samples, as far as they tell; empty where none does. */
  private static Optional<DataTable> reasons(List<Measurement> sampled) {
    Map<Disturbance, Long> counts = new EnumMap<>(Disturbance.class);
    long samples = 0;
    for (Measurement m : sampled) {
      for (Sample s : m.samples()) {
        samples++;
        for (Disturbance reason : Objects.requireNonNullElse(s.disturbedBy(), NO_REASON)) {
          counts.merge(reason, 1L, Long::sum);
        }
      }
    }
    List<List<Object>> rows = new ArrayList<>();
    for (Map.Entry<Disturbance, Long> count : counts.entrySet()) {
      rows.add(
          row(count.getKey().description(), count.getValue(), 100.0 * count.getValue() / samples));
    }
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new DataTable(
                "Why samples were disturbed; one may have several reasons",
                List.of(
                    Column.text("reason"),
                    Column.count("samples"),
                    Column.percent("of all samples")),
                rows));
  }

  private static BarChart chart(List<Measurement> sampled) {
    long[] clean = new long[BINS.size()];
    long[] disturbed = new long[BINS.size()];
    for (Measurement m : sampled) {
      for (Sample s : m.samples()) {
        (s.disturbed() ? disturbed : clean)[bin(ratio(m, s))]++;
      }
    }
    return new BarChart(
        Axis.linear("samples", Ticks.NUMBER),
        "time over the median of its measurement",
        BINS,
        List.of(
            bars("undisturbed", Paint.SERIES1, clean), bars("disturbed", Paint.SERIES2, disturbed)),
        false);
  }

  private static int bin(double ratio) {
    int bin = 0;
    while (ratio > EDGES[bin]) {
      bin++;
    }
    return bin;
  }

  private static BarChart.Bars bars(String name, Paint paint, long[] counts) {
    List<BarChart.Segment> segments = new ArrayList<>();
    for (int b = 0; b < counts.length; b++) {
      segments.add(
          new BarChart.Segment(
              counts[b],
              "",
              BINS.get(b) + " times the median\n" + Numbers.count(counts[b]) + " " + name));
    }
    return new BarChart.Bars(name, paint, segments);
  }

  private static DataTable table(List<Measurement> sampled) {
    List<List<Object>> rows = new ArrayList<>();
    for (Measurement m : sampled) {
      rows.add(
          row(
              m.id(),
              m.samples().stream().map(Sample::fork).distinct().count(),
              m.samples().size(),
              100.0 * disturbed(m) / m.samples().size(),
              UsableSamples.includeDisturbed(m.samples()) ? "all samples" : "undisturbed",
              100 * relativeWidth(m) / 2,
              100 * forkSpread(m),
              m.samples().stream().mapToDouble(Sample::cpuOverWall).average().orElse(0),
              100 * m.samples().stream().mapToDouble(Sample::stealFraction).average().orElse(0)));
    }
    return new DataTable(
        "Samples by measurement",
        List.of(
            Column.text("measurement"),
            Column.count("forks"),
            Column.count("samples"),
            Column.percent("disturbed"),
            Column.text("median of"),
            Column.percent("half width of the 90 % interval"),
            Column.percent("spread of fork medians"),
            Column.number("CPU over wall time", ""),
            Column.percent("steal")),
        rows);
  }

  /**
   * Largest over smallest median of a fork, less one; disturbed samples count where a fork has no
   * others.
   */
  private static double forkSpread(Measurement m) {
    double[] medians =
        m.samples().stream().map(Sample::fork).distinct().mapToDouble(f -> median(m, f)).toArray();
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    for (double median : medians) {
      low = Math.min(low, median);
      high = Math.max(high, median);
    }
    return high / low - 1;
  }

  private static double median(Measurement m, int fork) {
    List<Sample> own = m.samples().stream().filter(s -> s.fork() == fork).toList();
    List<Sample> clean = own.stream().filter(s -> !s.disturbed()).toList();
    double[] sorted =
        (clean.isEmpty() ? own : clean)
            .stream().mapToDouble(Sample::secondsPerCall).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
