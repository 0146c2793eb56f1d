package dev.membound.model.published;

import dev.membound.model.catalogue.CatalogueException;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.workload.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The collection of published results.
 *
 * @param sources by key
 * @param timings kernels and serving latencies: what the calibration is fitted to
 * @param uncovered rows that the model does not predict, with the reason
 */
public record PublishedResults(
    Map<String, PublishedSource> sources,
    TimingRows timings,
    List<ProductTiming> products,
    List<LayerTiming> layers,
    List<ServingThroughput> throughputs,
    List<PowerReading> powers,
    List<Uncovered> uncovered) {
  /** Mixtral on H100: the one row that tells how fast routed experts are. */
  public static final String EXPERTS_CALIBRATION_ROW = "R1326";

  /**
   * Llama 2 on H200 at 500 W: the shares of power and voltage in the energy facts come from its
   * rate and its energy.
   */
  public static final Set<String> POWER_CALIBRATION_ROWS = Set.of("R1321", "R1331");

  /**
   * The collection, held to what its rows refer to.
   *
   * @throws CatalogueException if a row names a source that {@code sources} does not have
   */
  public PublishedResults {
    rows(timings, products, layers, throughputs, powers, uncovered)
        .filter(row -> !sources.containsKey(row.source()))
        .findFirst()
        .ifPresent(
            row -> {
              throw new CatalogueException(
                  "sources.csv: no line for '%s', the source of row %s"
                      .formatted(row.source(), row.id()));
            });
  }

  /** All rows, predicted or not. */
  public Stream<PublishedRow> rows() {
    return rows(timings, products, layers, throughputs, powers, uncovered);
  }

  private static Stream<PublishedRow> rows(
      TimingRows timings,
      List<ProductTiming> products,
      List<LayerTiming> layers,
      List<ServingThroughput> throughputs,
      List<PowerReading> powers,
      List<Uncovered> uncovered) {
    return Stream.of(
            timings.kernels(), timings.serving(), products, layers, throughputs, powers, uncovered)
        .flatMap(List::stream);
  }

  /** Reads the resource files. */
  public static PublishedResults load() {
    Map<String, PublishedSource> sources = new LinkedHashMap<>();
    for (CsvRow row : rows("sources", Set.of("source", "title", "url"), Map.of())) {
      sources.put(
          row.text("source"),
          new PublishedSource(row.text("source"), row.text("title"), row.text("url")));
    }
    return new PublishedResults(
        sources,
        new TimingRows(
            TimingFiles.kernels("kernels.csv", text("kernels")),
            TimingFiles.serving("serving.csv", text("serving"))),
        readProducts(),
        readLayers(),
        readThroughputs(),
        readPowers(),
        readUncovered());
  }

  private static List<ProductTiming> readProducts() {
    return rows(
            "products",
            Set.of("id", "source", "device", "rows", "inner", "columns", "format", "time"),
            Map.of("time", Dimension.TIME))
        .stream()
        .map(
            row ->
                new ProductTiming(
                    row.text("id"),
                    row.text("source"),
                    row.text("device"),
                    row.count("rows"),
                    row.count("inner"),
                    row.count("columns"),
                    row.format("format"),
                    row.positive("time")))
        .toList();
  }

  private static List<LayerTiming> readLayers() {
    return rows(
            "layers",
            Set.of(
                "id",
                "source",
                "device",
                "devices",
                "model",
                "format",
                "phase",
                "operator",
                "batch",
                "tokens",
                "time"),
            Map.of("time", Dimension.TIME))
        .stream()
        .map(
            row ->
                new LayerTiming(
                    row.text("id"),
                    row.text("source"),
                    row.text("device"),
                    row.count("devices"),
                    row.text("model"),
                    row.format("format"),
                    row.choice("phase", Phase.class),
                    row.text("operator"),
                    row.count("batch"),
                    row.whole("tokens", 1),
                    row.positive("time")))
        .toList();
  }

  private static List<ServingThroughput> readThroughputs() {
    return rows(
            "throughput",
            Set.of(
                "id",
                "source",
                "device",
                "devices",
                "copies",
                "model",
                "weights",
                "kv",
                "engine",
                "concurrency",
                "prompt_tokens",
                "output_tokens",
                "power_limit",
                "tokens_per_s"),
            Map.of("power_limit", Dimension.POWER))
        .stream()
        .map(
            row ->
                new ServingThroughput(
                    row.text("id"),
                    row.text("source"),
                    row.text("device"),
                    row.count("devices"),
                    row.count("copies"),
                    row.text("model"),
                    row.format("weights"),
                    row.format("kv"),
                    row.text("engine"),
                    row.text("concurrency").equals("max")
                        ? OptionalInt.empty()
                        : OptionalInt.of(row.count("concurrency")),
                    row.count("prompt_tokens"),
                    row.count("output_tokens"),
                    row.positive("power_limit"),
                    row.positive("tokens_per_s")))
        .toList();
  }

  private static List<PowerReading> readPowers() {
    return rows(
            "power",
            Set.of(
                "id",
                "source",
                "device",
                "devices",
                "model",
                "power_limit",
                "quantity",
                "value",
                "unit"),
            Map.of("power_limit", Dimension.POWER))
        .stream()
        .map(PublishedResults::power)
        .toList();
  }

  private static PowerReading power(CsvRow row) {
    PowerReading.Kind quantity = row.choice("quantity", PowerReading.Kind.class);
    if (!quantity.unit().equals(row.text("unit"))) {
      throw row.error("unit", quantity.key() + " is in " + quantity.unit());
    }
    return new PowerReading(
        row.text("id"),
        row.text("source"),
        row.text("device"),
        row.count("devices"),
        row.text("model"),
        row.positive("power_limit"),
        quantity,
        row.positive("value"));
  }

  private static List<Uncovered> readUncovered() {
    Set<String> columns = Set.of("id", "source", "system", "metric", "value", "unit", "reason");
    return CsvFile.parse(
            "uncovered.csv",
            text("uncovered"),
            new CsvFile.Columns(columns, Set.of("model"), Map.of()))
        .rows()
        .stream()
        .map(
            row ->
                new Uncovered(
                    row.text("id"),
                    row.text("source"),
                    row.text("system"),
                    row.optional("model").orElse(""),
                    row.text("metric"),
                    row.text("value"),
                    row.text("unit"),
                    row.text("reason")))
        .toList();
  }

  private static List<CsvRow> rows(String name, Set<String> columns, Map<String, Dimension> units) {
    return CsvFile.parse(name + ".csv", text(name), new CsvFile.Columns(columns, Set.of(), units))
        .rows();
  }

  private static String text(String name) {
    try (InputStream file = PublishedResults.class.getResourceAsStream(name + ".csv")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
