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
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.KvFootprint;
import java.util.ArrayList;
import java.util.List;

/**
 * The KV cache of long contexts against the HBM of a node and the links that could bring it in.
 * {@code bytes = batch · context · bytes a token}; the workload behind the published 6.4 TB is not
 * stated, so it is a parameter here.
 */
final class KvWall implements Study {
  private static final long CONTEXT = 131_072;
  private static final int[] BATCHES = {1, 2, 4, 8, 16, 32, 64, 128, 256};
  private static final int NODE_DEVICES = 8;
  private static final double NEEDED_BYTES = 6.4e12;
  private static final double NEEDED_BYTES_PER_SECOND = 12e12;
  // PCI Express 5.0: 32 GT/s a lane, 128b/130b coding, 16 lanes, one direction.
  private static final double PCIE5_X16_BYTES_PER_SECOND = 32e9 * 16 * 128 / 130 / 8;
  private static final double GIGABIT = 1e9 / 8;
  private static final double INTERACTIVE_SECONDS = 0.05;
  private static final double LAYER_BYTES = 6.4e9;

  @Override
  public String name() {
    return "kv-wall";
  }

  @Override
  public String title() {
    return "The wall of KV working memory";
  }

  @Override
  public String question() {
    return "How much KV cache do many long contexts need against the HBM of one node, and how long"
        + " do links take to bring it in? Llama-3.1-70B at 131,072 tokens in FP16, by batch.";
  }

  @Override
  public StudyResult run() {
    LlmArchitecture model = LlmCatalogue.find("llama-3.1-70b");
    double request = CONTEXT * (double) KvFootprint.bytesPerToken(model, DataFormat.F16);
    double h200 = nodeBytes("h200-sxm");
    double h100 = nodeBytes("h100-sxm");
    double links = NODE_DEVICES * PCIE5_X16_BYTES_PER_SECOND;
    int batchOfClaim = (int) Math.round(NEEDED_BYTES / request);
    List<List<Object>> rows = new ArrayList<>();
    List<double[]> curve = new ArrayList<>();
    List<Mark> marks = new ArrayList<>();
    for (int batch : BATCHES) {
      double bytes = batch * request;
      rows.add(row(batch, bytes / 1e12, bytes / h200, bytes / links));
      curve.add(new double[] {batch, bytes / 1e12});
      marks.add(
          new Mark(
              batch,
              bytes / 1e12,
              bytes / 1e12,
              bytes / 1e12,
              "",
              batch + " sequences\n" + Numbers.significant(bytes / 1e12) + " TB"));
    }
    return new StudyResult(
        List.of(
            new DataTable(
                "KV cache of Llama-3.1-70B at 131,072 tokens, FP16",
                List.of(
                    Column.count("batch"),
                    Column.number("KV cache", "TB"),
                    Column.number("nodes of 8 H200", ""),
                    Column.number("once over 8 PCIe 5 x16", "s")),
                rows)),
        List.of(
            new StudyFigure(
                "KV cache against the HBM of a node",
                "A node of 8 H200 holds the cache of "
                    + (int) (h200 / request)
                    + " such sequences and nothing else; 6.4 TB are those of "
                    + batchOfClaim
                    + ".",
                "The line is the cache by batch; dashed lines are the HBM of nodes of eight GPUs.",
                new XyChart(
                    Axis.log2("batch (sequences)", Ticks.NUMBER),
                    Axis.log("KV cache (TB)", Ticks.NUMBER),
                    List.of(
                        new Line("", Paint.series(0), Stroke.SOLID, "", curve),
                        level("8 H200", h200),
                        level("8 H100", h100)),
                    List.of(
                        new MarkSeries(
                            "KV cache", Paint.series(0), MarkSeries.symbol(0), marks))))),
        claims(request, h200, h100, links, batchOfClaim));
  }

  private static List<Claim> claims(
      double request, double h200, double h100, double links, int batchOfClaim) {
    double slowSeconds = LAYER_BYTES / (800 * GIGABIT);
    double fastSeconds = LAYER_BYTES / (6400 * GIGABIT);
    double seconds = NEEDED_BYTES / NEEDED_BYTES_PER_SECOND;
    return List.of(
        Claim.number(
                "working memory of 6.4 TB",
                Citations.SO_FMS,
                6.4,
                batchOfClaim * request / 1e12,
                0.02,
                "TB",
                "")
            .inPart(
                "the workload is not stated; Llama-3.1-70B in FP16 at 131,072 tokens needs it with "
                    + batchOfClaim
                    + " sequences"),
        Claim.number(
            "1.1 TB of HBM in a node",
            Citations.SO_FMS,
            1.1,
            h200 / 1e12,
            0.03,
            "TB",
            "8 × H200 with 141 GB; 8 × H100 have " + Claim.text(h100 / 1e12, "TB")),
        Claim.number(
            "the gap in capacity is 5.8 times",
            Citations.SO_FMS + " (6.4 / 1.1)",
            6.4 / 1.1,
            NEEDED_BYTES / h200,
            0.03,
            "×",
            "6.4 TB over the HBM of 8 × H200"),
        new Claim(
            "12 TB/s are needed",
            Citations.SO_FMS,
            "12 TB/s",
            "%s a token at 12 TB/s; %s at 50 ms a token"
                .formatted(
                    Claim.text(1e3 * seconds, "ms"),
                    Claim.text(NEEDED_BYTES / INTERACTIVE_SECONDS / 1e12, "TB/s")),
            Verdict.IN_PART,
            "6.4 TB read once a token; the source states no time a token, and a cache read in part"
                + " only (top-K) needs less"),
        Claim.number(
                "1 TB/s of interconnect", Citations.SO_FMS, 1, 2 * links / 1e12, 0.05, "TB/s", "")
            .inPart(
                "eight PCIe 5.0 x16 give it in both directions together; one direction, which"
                    + " reading the cache uses, is "
                    + Claim.text(links / 1e12, "TB/s")),
        Claim.arithmetic(
            "a layer's 6.4 GB take 60 ms over 800 Gb/s",
            Citations.KV_ARTICLE,
            60,
            1e3 * slowSeconds,
            0.5,
            "ms",
            "6.4 GB · 8 / 800 Gb/s"),
        Claim.arithmetic(
            "and 7.5 ms over 6.4 Tb/s",
            Citations.KV_ARTICLE,
            7.5,
            1e3 * fastSeconds,
            0.05,
            "ms",
            "6.4 GB · 8 / 6.4 Tb/s"));
  }

  private static Line level(String label, double bytes) {
    return new Line(
        "",
        Paint.MUTED,
        Stroke.DASHED,
        label,
        List.of(
            new double[] {BATCHES[0], bytes / 1e12},
            new double[] {BATCHES[BATCHES.length - 1], bytes / 1e12}));
  }

  private static double nodeBytes(String device) {
    DeviceProfile profile = DeviceCatalogue.find(device);
    return NODE_DEVICES * profile.memory().capacityBytes().value();
  }
}
