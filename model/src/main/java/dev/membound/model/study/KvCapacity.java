package dev.membound.model.study;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.chart.Line;
import dev.membound.model.chart.Line.Stroke;
import dev.membound.model.chart.Paint;
import dev.membound.model.chart.XyChart;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvFootprint;
import dev.membound.model.workload.KvSelection;
import java.util.ArrayList;
import java.util.List;

/**
 * How large KV caches are. {@code bytes = 2 · layers · kvHeads · headDim · batch · context · bytes
 * an element} for grouped queries; {@code layers · (latent + rotary)} elements a token for latent
 * attention.
 */
final class KvCapacity implements Study {
  private static final List<String> MODELS =
      List.of("llama-3.1-8b", "llama-3.1-70b", "llama-3.1-405b", "deepseek-v3", "gpt-oss-120b");
  private static final long[] CONTEXTS = {8_192, 32_768, 131_072, 1_048_576};
  private static final long KIB = 1024;
  private static final Formats FP16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);

  @Override
  public String name() {
    return "kv-capacity";
  }

  @Override
  public String title() {
    return "How large KV caches are";
  }

  @Override
  public String question() {
    return "What does the KV cache of one sequence take, and which published sizes follow from the"
        + " models? FP16 unless a row says otherwise.";
  }

  @Override
  public StudyResult run() {
    List<List<Object>> rows = new ArrayList<>();
    List<Line> lines = new ArrayList<>();
    for (String name : MODELS) {
      LlmArchitecture model = LlmCatalogue.find(name);
      List<Object> row = new ArrayList<>();
      row.add(model.title());
      row.add(KvFootprint.bytesPerToken(model, DataFormat.F16));
      List<double[]> points = new ArrayList<>();
      for (long context : CONTEXTS) {
        long bytes = KvFootprint.of(model, FP16, new KvSelection.Dense(), 1, context, 0).kvBytes();
        row.add(bytes);
        points.add(new double[] {context, bytes});
      }
      rows.add(row);
      lines.add(
          new Line(model.title(), Paint.series(lines.size()), Stroke.SOLID, model.title(), points));
    }
    LlmArchitecture llama = LlmCatalogue.find("llama-3.1-70b");
    double mla =
        KvFootprint.bytesPerToken(llama, DataFormat.F16)
            / (double) KvFootprint.bytesPerToken(LlmCatalogue.find("deepseek-v3"), DataFormat.F16);
    List<Column> columns = new ArrayList<>();
    columns.add(Column.text("model"));
    columns.add(Column.bytes("a token"));
    for (long context : CONTEXTS) {
      columns.add(Column.bytes(Numbers.count(context) + " tokens"));
    }
    return new StudyResult(
        List.of(new DataTable("KV cache of one sequence, FP16", columns, rows)),
        List.of(
            new StudyFigure(
                "KV cache of one sequence by its length",
                "A token of Llama-3.1-70B takes "
                    + Numbers.significant(mla)
                    + " times the bytes of one of DeepSeek-V3, whose latent vectors all heads"
                    + " share.",
                "Both axes are logarithmic; a model with sliding windows bends away from the"
                    + " slope.",
                new XyChart(
                    Axis.log2("context (tokens)", Ticks.TOKENS),
                    Axis.log2("KV cache", Ticks.BYTES),
                    lines,
                    List.of()))),
        claims(llama));
  }

  private static List<Claim> claims(LlmArchitecture llama) {
    double large =
        KvFootprint.bytesPerToken(LlmCatalogue.find("llama-3.1-405b"), DataFormat.F16)
            * 1_048_576.0;
    double hybrid =
        KvFootprint.bytesPerToken(
            LlmCatalogue.find("linear-hybrid-15-full-layers"), DataFormat.FP4);
    double hybridBatch = hybrid * 32 * 204_800;
    double latent = KvFootprint.bytesPerToken(LlmCatalogue.find("deepseek-v3"), DataFormat.FP8);
    return List.of(
        Claim.arithmetic(
            "Llama-3.1-70B takes 327,680 bytes a token",
            Citations.SO_FMS,
            327_680,
            KvFootprint.bytesPerToken(llama, DataFormat.F16),
            0,
            "B",
            "2 · 80 layers · 8 heads · 128 · 2 bytes; the slide's formula leaves out the bytes and"
                + " counts query heads"),
        Claim.arithmetic(
            "131,072 tokens of it are 40 GiB",
            Citations.SO_FMS,
            40,
            KvFootprint.bytesPerToken(llama, DataFormat.F16) * 131_072.0 / (KIB * KIB * KIB),
            0,
            "GiB",
            "42.95 GB"),
        Claim.arithmetic(
            "Llama-3.1-405B at 1,048,576 tokens takes 541 GB",
            Citations.SO_FMS,
            541,
            large / 1e9,
            0.5,
            "GB",
            "516,096 bytes a token"),
        Claim.arithmetic(
            "a hybrid with 15 full layers in FP4 takes 15 KB a token",
            Citations.KV_ARTICLE,
            15,
            hybrid / KIB,
            0.05,
            "KiB",
            "2 · 15 layers · 8 heads · 128 · half a byte, without scales"),
        Claim.arithmetic(
            "32 requests of 200K tokens of it are 96 GB",
            Citations.KV_ARTICLE,
            96,
            32 * 200_000.0 * 15_000 / 1e9,
            0.5,
            "GB",
            "with decimal 200K and 15 KB; "
                + Claim.text(hybridBatch / (KIB * KIB * KIB), "GiB")
                + " with 204,800 tokens of 15,360 bytes"),
        Claim.arithmetic(
            "latent attention of 61 layers at 200,000 tokens: 35.1 KB a token at a byte an element",
            Citations.KV_ARTICLE,
            35.1,
            latent / 1e3,
            0.05,
            "KB",
            "61 · (512 + 64) elements; 70.3 KB in BF16"),
        Claim.arithmetic(
            "at 40 KB a token 32 requests of 200K are 256 GB",
            Citations.KV_ARTICLE,
            256,
            32 * 200_000.0 * 40_000 / 1e9,
            0.5,
            "GB",
            "32 · 200,000 · 40,000 bytes"),
        Claim.arithmetic(
            "and at 70 KB 448 GB",
            Citations.KV_ARTICLE,
            448,
            32 * 200_000.0 * 70_000 / 1e9,
            0.5,
            "GB",
            "32 · 200,000 · 70,000 bytes"));
  }
}
