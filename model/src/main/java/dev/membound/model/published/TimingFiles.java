package dev.membound.model.published;

import dev.membound.model.catalogue.CatalogueException;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.quantity.Dimension;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The two kinds of CSV files that a calibration starts from; the format is in FORMAT.md. */
public final class TimingFiles {
  private static final CsvFile.Columns KERNELS =
      new CsvFile.Columns(
          Set.of(
              "device",
              "kernel",
              "query_heads",
              "kv_heads",
              "key_dim",
              "value_dim",
              "format",
              "batch",
              "context_tokens",
              "time"),
          Set.of("id", "source", "new_tokens"),
          Map.of("time", Dimension.TIME));
  private static final CsvFile.Columns SERVING =
      new CsvFile.Columns(
          Set.of(
              "device",
              "devices",
              "model",
              "weights",
              "kv",
              "engine",
              "concurrency",
              "prompt_tokens",
              "output_tokens",
              "tpot"),
          Set.of("id", "source", "checkpoint", "engine_version"),
          Map.of("tpot", Dimension.TIME));

  private TimingFiles() {}

  /**
   * Reads kernel timings or serving rows, told apart by their columns: a file with a column {@code
   * kernel} holds kernels.
   *
   * @param file names it in errors
   * @throws CatalogueException one line: file, line, column and what is wrong
   */
  public static TimingRows parse(String file, String text) {
    boolean kernels = CsvFile.headerOf(file, text).contains("kernel");
    return kernels
        ? new TimingRows(kernels(file, text), List.of())
        : new TimingRows(List.of(), serving(file, text));
  }

  static List<KernelTiming> kernels(String file, String text) {
    return CsvFile.parse(file, text, KERNELS).rows().stream()
        .map(row -> kernel(file, row))
        .toList();
  }

  static List<ServingLatency> serving(String file, String text) {
    return CsvFile.parse(file, text, SERVING).rows().stream()
        .map(row -> serving(file, row))
        .toList();
  }

  private static KernelTiming kernel(String file, CsvRow row) {
    AttentionKernel kernel = row.choice("kernel", AttentionKernel.class);
    return new KernelTiming(
        id(file, row),
        row.optional("source").orElse(file),
        row.text("device"),
        kernel,
        row.count("query_heads"),
        row.count("kv_heads"),
        row.count("key_dim"),
        (int) Math.min(1 << 20, row.whole("value_dim", 0)),
        row.format("format"),
        row.count("batch"),
        row.optional("new_tokens").isPresent() ? row.count("new_tokens") : 1,
        row.whole("context_tokens", 1),
        row.positive("time"));
  }

  private static ServingLatency serving(String file, CsvRow row) {
    String model = row.text("model");
    try {
      LlmCatalogue.find(model);
    } catch (CatalogueException e) {
      throw row.error("model", e.getMessage());
    }
    return new ServingLatency(
        id(file, row),
        row.optional("source").orElse(file),
        row.text("device"),
        row.count("devices"),
        model,
        row.optional("checkpoint").orElse(model),
        row.format("weights"),
        row.format("kv"),
        new ServingEngine(row.text("engine"), row.optional("engine_version").orElse("unstated")),
        row.count("concurrency"),
        row.count("prompt_tokens"),
        row.count("output_tokens"),
        row.positive("tpot"));
  }

  private static String id(String file, CsvRow row) {
    return row.optional("id").orElse(file + ":" + row.line());
  }
}
