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
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.List;

/**
 * What DeepSeek sparse attention reads a token step and layer: the indexer key of every token, then
 * the latent vectors of the 2,048 best.
 *
 * <pre>
 *   sparse = n · (128 + 4) + min(n, 2048) · 656     512 E4M3, four F32 scales, 64 BF16
 *   dense  = n · 576 · 2                            BF16
 * </pre>
 */
final class DsaTraffic implements Study {
  private static final int KEY_ELEMENTS = 128;
  private static final int SCALE_BYTES = 4;
  private static final int LATENT_ELEMENTS = 512 + 64;
  private static final int ENTRY_BYTES = 512 + 4 * 4 + 64 * 2;
  private static final int TOP_K = 2048;
  private static final int LAYERS = 61;
  private static final long[] CONTEXTS = {
    2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 200_000, 524_288, 1_048_576
  };

  @Override
  public String name() {
    return "dsa-traffic";
  }

  @Override
  public String title() {
    return "Traffic of DeepSeek sparse attention";
  }

  @Override
  public String question() {
    return "How many bytes does a decode step read with a lightning indexer and its 2,048 tokens,"
        + " against dense latent attention in BF16? A layer of DeepSeek-V3.2, one sequence.";
  }

  @Override
  public StudyResult run() {
    List<List<Object>> rows = new ArrayList<>();
    List<double[]> sparse = new ArrayList<>();
    List<double[]> dense = new ArrayList<>();
    List<Mark> sparseMarks = new ArrayList<>();
    List<Mark> denseMarks = new ArrayList<>();
    for (long tokens : CONTEXTS) {
      double indexer = indexerBytes(tokens);
      double selected = selectedBytes(tokens);
      double all = denseBytes(tokens);
      rows.add(
          row(
              tokens,
              indexer,
              selected,
              all,
              all / (indexer + selected),
              100 * indexer / (indexer + selected)));
      add(sparse, sparseMarks, tokens, indexer + selected);
      add(dense, denseMarks, tokens, all);
    }
    return new StudyResult(
        List.of(
            new DataTable(
                "Bytes a token step and layer",
                List.of(
                    Column.count("context"),
                    Column.bytes("indexer keys"),
                    Column.bytes("selected, FP8"),
                    Column.bytes("dense MLA, BF16"),
                    Column.number("dense over sparse", ""),
                    Column.percent("indexer's share")),
                rows)),
        List.of(
            new StudyFigure(
                "Bytes a layer and step",
                "Sparse attention reads "
                    + Numbers.significant(denseOverSparse(TOP_K))
                    + " times less at 2,048 tokens, of which it selects all, and "
                    + Numbers.significant(denseOverSparse(131_072))
                    + " times less at 131,072; the indexer's keys, "
                    + Numbers.percent(indexerBytes(131_072) / sparseBytes(131_072))
                    + " of it there, are what is left.",
                "Both axes are logarithmic. From 2,048 tokens on only the indexer's part of the"
                    + " lower line grows, so it is flat first and steep once that part is all.",
                new XyChart(
                    Axis.log2("context (tokens)", Ticks.TOKENS),
                    Axis.log2("bytes a layer and step", Ticks.BYTES),
                    List.of(
                        new Line("", Paint.series(0), Stroke.SOLID, "", dense),
                        new Line("", Paint.series(1), Stroke.SOLID, "", sparse)),
                    List.of(
                        new MarkSeries(
                            "dense MLA, BF16", Paint.series(0), MarkSeries.symbol(0), denseMarks),
                        new MarkSeries(
                            "indexer and top 2,048",
                            Paint.series(1),
                            MarkSeries.symbol(1),
                            sparseMarks))))),
        List.of(
            new Claim(
                "25.8 MB of indexer keys at 200,000 tokens",
                Citations.KV_ARTICLE,
                "25.8 MB a step",
                Claim.text(200_000 * (KEY_ELEMENTS + 1) / 1e6, "MB a layer")
                    + ", "
                    + Claim.text(LAYERS * 200_000.0 * (KEY_ELEMENTS + 1) / 1e9, "GB a step"),
                Verdict.CORRECTED,
                "128 one-byte elements and one byte of scale a token: the figure is of one layer;"
                    + " 61 layers read 61 times as much"),
            Claim.arithmetic(
                "25.8 MB is what the real layout takes",
                Citations.DEEPSEEK,
                25.8,
                indexerBytes(200_000) / 1e6,
                0.05,
                "MB",
                "the scale is an F32, so a token takes 132 bytes"),
            Claim.arithmetic(
                "the selected 2,048 entries are 1.18 MB a layer",
                Citations.KV_ARTICLE,
                1.18,
                (double) TOP_K * LATENT_ELEMENTS / 1e6,
                0.005,
                "MB",
                "2,048 · 576 elements of one byte"),
            Claim.number(
                "8.1 times less than dense at 131,072 tokens",
                Citations.DEEPSEEK,
                8.1,
                denseOverSparse(131_072),
                0.01,
                "×",
                "132 bytes a token and 2,048 entries of 656 bytes, against 1,152 bytes a token")));
  }

  private static void add(List<double[]> line, List<Mark> marks, long tokens, double bytes) {
    line.add(new double[] {tokens, bytes});
    marks.add(
        new Mark(
            tokens,
            bytes,
            bytes,
            bytes,
            "",
            Numbers.count(tokens) + " tokens\n" + Numbers.bytes(bytes)));
  }

  private static double indexerBytes(long tokens) {
    return tokens * (double) (KEY_ELEMENTS + SCALE_BYTES);
  }

  private static double selectedBytes(long tokens) {
    return Math.min(tokens, TOP_K) * (double) ENTRY_BYTES;
  }

  private static double sparseBytes(long tokens) {
    return indexerBytes(tokens) + selectedBytes(tokens);
  }

  private static double denseBytes(long tokens) {
    return tokens * 2.0 * LATENT_ELEMENTS;
  }

  private static double denseOverSparse(long tokens) {
    return denseBytes(tokens) / sparseBytes(tokens);
  }
}
