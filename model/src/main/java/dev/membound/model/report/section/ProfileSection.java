package dev.membound.model.report.section;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.chart.Mark;
import dev.membound.model.chart.MarkSeries;
import dev.membound.model.chart.MarkSeries.Symbol;
import dev.membound.model.chart.Paint;
import dev.membound.model.chart.RowChart;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.Interval;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The fitted parameters, how well the data pins each down, and which it cannot tell at all. */
final class ProfileSection implements ReportSection {

  @Override
  public String id() {
    return "parameters";
  }

  @Override
  public String title() {
    return "Calibrated parameters";
  }

  @Override
  public SectionBody render(RunDocuments run) {
    if (run.profile().isEmpty()) {
      return SectionBody.missing(
          "profile.json is not in this run folder. Run `./membound calibrate RUN-FOLDER`.");
    }
    ProfileFile profile = run.profile().get();
    Map<String, Quantity> parameters = parameters(profile);
    List<DataTable> open = new ArrayList<>(notIdentifiable(profile));
    List<Figure> figures = new ArrayList<>();
    if (profile.computeEfficiency().isEmpty()) {
      open.add(table(parameters));
    } else {
      figures.add(efficiency(profile, table(parameters)));
    }
    return new SectionBody(
        List.of(identifiability(profile, parameters.size())), open, figures, List.of());
  }

  private static String identifiability(ProfileFile profile, int parameters) {
    int unknown = profile.notIdentifiable().size();
    String told =
        unknown == 0
            ? "The data identifies all " + parameters + " parameters"
            : "The data does not identify "
                + Numbers.counted(unknown, "parameter")
                + (unknown == 1 ? "; its reason stands below" : "; their reasons stand below");
    ProfileFile.LogQuantiles error = profile.modelErrorLogQuantiles();
    return error == null
        ? told + "."
        : told
            + ". On held-out rows 90 % of the measured times lie between "
            + Numbers.significant(Math.exp(error.low()))
            + " and "
            + Numbers.significant(Math.exp(error.high()))
            + " times the predicted.";
  }

  private static Figure efficiency(ProfileFile profile, DataTable parameters) {
    TreeMap<String, Quantity> efficiency = new TreeMap<>(profile.computeEfficiency());
    List<String> labels = List.copyOf(efficiency.keySet());
    List<Mark> marks = new ArrayList<>();
    for (int r = 0; r < labels.size(); r++) {
      Quantity q = efficiency.get(labels.get(r));
      Interval interval = new Interval(q.value(), q.low(), q.high());
      marks.add(Mark.inRow(r, interval, labels.get(r) + "\n" + Labels.interval(interval)));
    }
    return new Figure(
        "figure-efficiency",
        "Compute efficiency by kernel, format and layout",
        efficiencyTakeaway(efficiency),
        "Share of the FMA peak that a kernel reaches when memory does not hold it up; decoding a"
            + " format costs instructions that are no FLOPs. Bars are 90 % intervals.",
        new RowChart(
            Axis.log("share of peak FLOP/s", Ticks.NUMBER),
            RowChart.Row.of(labels),
            List.of(new MarkSeries("", Paint.SERIES1, Symbol.CIRCLE, marks)),
            List.of(),
            false),
        List.of(parameters));
  }

  private static String efficiencyTakeaway(TreeMap<String, Quantity> efficiency) {
    Map.Entry<String, Quantity> best = null;
    Map.Entry<String, Quantity> widest = null;
    for (Map.Entry<String, Quantity> e : efficiency.entrySet()) {
      if (best == null || e.getValue().value() > best.getValue().value()) {
        best = e;
      }
      if (widest == null || spread(e.getValue()) > spread(widest.getValue())) {
        widest = e;
      }
    }
    return best.getKey()
        + " computes at "
        + Numbers.percent(best.getValue().value())
        + " of the FMA peak, the most; the least certain is "
        + widest.getKey()
        + ", whose interval spans a factor of "
        + Numbers.significant(spread(widest.getValue()))
        + ".";
  }

  private static double spread(Quantity q) {
    return q.low() > 0 ? q.high() / q.low() : Double.POSITIVE_INFINITY;
  }

  private static Map<String, Quantity> parameters(ProfileFile profile) {
    Map<String, Quantity> parameters = new LinkedHashMap<>();
    for (ProfileFile.Bandwidth b : profile.readBandwidth()) {
      parameters.put("readBandwidth/" + b.residency() + "/" + b.threads(), b.bytesPerSecond());
    }
    parameters.put("writeBandwidthFraction", profile.writeBandwidthFraction());
    for (ProfileFile.Chunk c : profile.chunkCurve()) {
      parameters.put("chunkCurve/" + c.chunkBytes() + "/" + c.threads(), c.fractionOfStreaming());
    }
    for (ProfileFile.ByThreads p : profile.peakFlops()) {
      parameters.put("peakFlops/" + p.threads(), p.quantity());
    }
    for (ProfileFile.ByThreads s : profile.startupSeconds()) {
      parameters.put("startupSeconds/" + s.threads(), s.quantity());
    }
    profile.overlapExponent().forEach((k, q) -> parameters.put("overlapExponent/" + k, q));
    profile.computeEfficiency().forEach((k, q) -> parameters.put("computeEfficiency/" + k, q));
    if (profile.loadLatencySeconds() != null) {
      parameters.put("loadLatencySeconds", profile.loadLatencySeconds());
    }
    return parameters;
  }

  private static List<DataTable> notIdentifiable(ProfileFile profile) {
    if (profile.notIdentifiable().isEmpty()) {
      return List.of();
    }
    return List.of(
        new DataTable(
            "Not identifiable",
            List.of(Column.text("parameter"), Column.text("why")),
            new TreeMap<>(profile.notIdentifiable())
                .entrySet().stream().map(e -> row(e.getKey(), e.getValue())).toList()));
  }

  private static DataTable table(Map<String, Quantity> parameters) {
    return new DataTable(
        "All parameters, value and 90 % interval",
        List.of(
            Column.text("parameter"),
            Column.value("value"),
            Column.value("low"),
            Column.value("high"),
            Column.text("unit"),
            Column.text("provenance"),
            Column.text("source")),
        parameters.entrySet().stream().map(e -> parameterRow(e.getKey(), e.getValue())).toList());
  }

  private static List<Object> parameterRow(String name, Quantity q) {
    Shown shown = Shown.of(q);
    return row(
        name,
        q.value() / shown.unitInSi(),
        q.low() / shown.unitInSi(),
        q.high() / shown.unitInSi(),
        shown.unit(),
        q.provenance().toString(),
        q.source());
  }

  /** The unit in which people read a quantity. */
  private record Shown(String unit, double unitInSi) {
    static Shown of(Quantity q) {
      return switch (q.unit()) {
        case "B/s" -> new Shown("GB/s", 1e9);
        case "FLOP/s" -> new Shown("GFLOP/s", 1e9);
        case "s" -> Math.abs(q.value()) < 1e-6 ? new Shown("ns", 1e-9) : new Shown("µs", 1e-6);
        default -> new Shown(q.unit(), 1);
      };
    }
  }
}
