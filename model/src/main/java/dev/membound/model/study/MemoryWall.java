package dev.membound.model.study;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.chart.Line;
import dev.membound.model.chart.Line.Stroke;
import dev.membound.model.chart.Mark;
import dev.membound.model.chart.MarkSeries;
import dev.membound.model.chart.Paint;
import dev.membound.model.chart.XyChart;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * FLOPS against bandwidth of NVIDIA's data-centre GPUs, double precision as in the claim. The ridge
 * point, FLOPS over bandwidth, is the arithmetic intensity below which memory sets the time.
 */
final class MemoryWall implements Study {
  /** A GPU of its year; rates from its data sheet, tensor cores where they do FP64. */
  private record Gpu(String name, int year, double teraflops, double gigabytesPerSecond) {
    double ridge() {
      return 1e3 * teraflops / gigabytesPerSecond;
    }
  }

  private static final List<Gpu> GPUS =
      List.of(
          new Gpu("Tesla K20", 2012, 1.17, 208),
          new Gpu("Tesla K40", 2013, 1.43, 288),
          new Gpu("Tesla P100", 2016, 5.3, 732),
          new Gpu("Tesla V100", 2017, 7.8, 900),
          new Gpu("A100 80 GB", 2020, 19.5, 2039),
          new Gpu("H100 SXM", 2022, 67, 3350));

  // Others that the claim may have meant, one from the year before its decade.
  private static final List<Gpu> EARLY =
      List.of(
          GPUS.getFirst(),
          new Gpu("Tesla M2090", 2011, 0.665, 177),
          new Gpu("Tesla K20X", 2012, 1.31, 250));
  private static final List<Gpu> LATE =
      List.of(GPUS.getLast(), new Gpu("H100 PCIe", 2022, 51, 2000));

  private static final double CLAIMED_FLOPS = 80;
  private static final double CLAIMED_BANDWIDTH = 17;

  @Override
  public String name() {
    return "memory-wall";
  }

  @Override
  public String title() {
    return "The memory wall";
  }

  @Override
  public String question() {
    return "How much faster than bandwidth did arithmetic grow in ten years of GPUs, and what does"
        + " that make of the ridge point? FP64 and bandwidth of NVIDIA's data sheets.";
  }

  @Override
  public StudyResult run() {
    Gpu first = GPUS.getFirst();
    Gpu last = GPUS.getLast();
    double flops = last.teraflops() / first.teraflops();
    double bandwidth = last.gigabytesPerSecond() / first.gigabytesPerSecond();
    return new StudyResult(
        List.of(
            new DataTable(
                "NVIDIA data-centre GPUs, double precision",
                List.of(
                    Column.text("GPU"),
                    Column.text("year"),
                    Column.number("FP64", "TFLOPS"),
                    Column.number("bandwidth", "GB/s"),
                    Column.number("ridge point", "FLOP/B")),
                GPUS.stream()
                    .map(
                        g ->
                            row(
                                g.name(),
                                String.valueOf(g.year()),
                                g.teraflops(),
                                g.gigabytesPerSecond(),
                                g.ridge()))
                    .toList())),
        List.of(
            new StudyFigure(
                "Growth since " + first.year(),
                "From %d to %d arithmetic grew %s and bandwidth %s, so the ridge point rose %s."
                    .formatted(
                        first.year(),
                        last.year(),
                        Claim.text(flops, "×"),
                        Claim.text(bandwidth, "×"),
                        Claim.text(last.ridge() / first.ridge(), "×")),
                "Rates over those of the first GPU, on a logarithmic axis.",
                new XyChart(
                    Axis.linear("year", Ticks.YEAR).between(first.year() - 1.0, last.year() + 1.0),
                    Axis.log("growth (times)", Ticks.NUMBER),
                    List.of(
                        growth(0, g -> g.teraflops() / first.teraflops()),
                        growth(1, g -> g.gigabytesPerSecond() / first.gigabytesPerSecond())),
                    List.of(
                        marks("FP64", 0, true, g -> g.teraflops() / first.teraflops()),
                        marks(
                            "bandwidth",
                            1,
                            false,
                            g -> g.gigabytesPerSecond() / first.gigabytesPerSecond()))))),
        List.of(
            Claim.number(
                "FP64 grew 80 times from 2012 to 2022",
                Citations.MA_PATTERSON,
                CLAIMED_FLOPS,
                flops,
                0.1,
                "×",
                "Tesla K20 to H100 SXM with tensor cores (34 TFLOPS without: "
                    + Claim.text(34 / first.teraflops(), "×")
                    + "); the GPUs behind the claim are not named. "
                    + nearest()),
            Claim.number(
                "bandwidth grew 17 times",
                Citations.MA_PATTERSON,
                CLAIMED_BANDWIDTH,
                bandwidth,
                0.1,
                "×",
                "the same two GPUs"),
            Claim.number(
                    "so the ridge point rose 4.7 times",
                    Citations.MA_PATTERSON + " (80 / 17)",
                    CLAIMED_FLOPS / CLAIMED_BANDWIDTH,
                    last.ridge() / first.ridge(),
                    0.1,
                    "×",
                    "")
                .inPart("arithmetic outgrew bandwidth as claimed, by less")));
  }

  /** The two GPUs whose ratios come nearest to both claimed ones, in logarithms. */
  private static String nearest() {
    Gpu from = null;
    Gpu to = null;
    double least = Double.POSITIVE_INFINITY;
    for (Gpu a : EARLY) {
      for (Gpu b : LATE) {
        double flops = Math.log(b.teraflops() / a.teraflops() / CLAIMED_FLOPS);
        double bandwidth =
            Math.log(b.gigabytesPerSecond() / a.gigabytesPerSecond() / CLAIMED_BANDWIDTH);
        double distance = Math.hypot(flops, bandwidth);
        if (distance < least) {
          least = distance;
          from = a;
          to = b;
        }
      }
    }
    return "None of the pairs of data-centre GPUs tried gives both: nearest are %s of %d and %s, %s and %s"
        .formatted(
            from.name(),
            from.year(),
            to.name(),
            Claim.text(to.teraflops() / from.teraflops(), "×"),
            Claim.text(to.gigabytesPerSecond() / from.gigabytesPerSecond(), "×"));
  }

  private static Line growth(int series, ToDoubleFunction<Gpu> value) {
    return new Line(
        "",
        Paint.series(series),
        Stroke.SOLID,
        "",
        GPUS.stream().map(g -> new double[] {g.year(), value.applyAsDouble(g)}).toList());
  }

  private static MarkSeries marks(
      String name, int series, boolean named, ToDoubleFunction<Gpu> value) {
    List<Mark> marks = new ArrayList<>();
    for (Gpu gpu : GPUS) {
      double y = value.applyAsDouble(gpu);
      marks.add(
          new Mark(
              gpu.year(),
              y,
              y,
              y,
              named ? gpu.name() : "",
              gpu.name() + "\n" + name + " " + Claim.text(y, "×")));
    }
    return new MarkSeries(name, Paint.series(series), MarkSeries.symbol(series), marks);
  }
}
