package dev.membound.model.run;

import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.RunFolder.Document;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One small, sound document of each kind. */
final class SampleDocuments {
  private static final Quantity RATIO =
      new Quantity(0.5, "1", 0.4, 0.6, Provenance.FITTED, "a test");

  private SampleDocuments() {}

  static Map<Document, Record> all() {
    Map<Document, Record> all = new EnumMap<>(Document.class);
    all.put(Document.HOST, host());
    all.put(Document.MEASUREMENTS, measurements());
    all.put(Document.PROFILE, profile());
    all.put(Document.VALIDATION, validation());
    all.put(Document.SIMULATION, simulation());
    all.put(Document.QUALITY, new QualityFile(1, List.of(qualityRow())));
    all.put(Document.EXPLORATION, exploration());
    return all;
  }

  static final List<Disturbance> DISTURBED_BY = List.of(Disturbance.CORE_LOST, Disturbance.STEAL);

  private static QualityFile.Row qualityRow() {
    return new QualityFile.Row(
        "a test", "Quest", 4096, 16, 512, 512, 0.9, 0.8, 0.7, 0.1, 0.2, 1000, 4000, null, 0.01);
  }

  static MeasurementFile measurements() {
    Measurement measurement =
        new Measurement(
            "gemv/F32/FILE/cols=64,rows=64/b1/t1/L1",
            "gemv",
            "F32",
            "FILE",
            Map.of("rows", 64L, "cols", 64L),
            1,
            1,
            Residency.L1,
            16384,
            Map.of("weights", 16384L, "activations", 512L),
            8192,
            List.of(
                new Sample(0, 0, 1e-7, false, 1, 0, 0, 2e11),
                new Sample(1, 0, 1.1e-7, true, 0.7, 0.1, 12, null),
                new Sample(
                    1, 1, 1.2e-7, true, 0.7, 0.1, 0, null, 0.0, SampleDocuments.DISTURBED_BY)),
            new Interval(1e-7, 0.9e-7, 1.1e-7),
            new Interval(168.96, 150, 190),
            null,
            null);
    return new MeasurementFile(1, "run-1", "quick", 42, List.of(measurement));
  }

  private static HostFacts host() {
    return new HostFacts(
        1,
        "run-1",
        "2026-01-01T00:00:00Z",
        "host",
        "Linux",
        "A CPU",
        List.of("avx2"),
        List.of(new HostFacts.CacheLevel(1, 32768, 1)),
        2,
        1L << 34,
        "madvise",
        "ok",
        "unknown",
        512,
        "512",
        "a JVM",
        List.of("-Xmx1g"),
        0.01,
        List.of(new HostFacts.VectorWidth("256", 1e10, 2e10)),
        "1.2.3",
        new HostFacts.Build("abcdef", "0123456789abcdef"));
  }

  private static ProfileFile profile() {
    return new ProfileFile(
        1,
        "run-1",
        "this-cpu",
        "A CPU",
        1L << 34,
        List.of(new ProfileFile.Bandwidth(Residency.DRAM, 1, RATIO)),
        RATIO,
        List.of(new ProfileFile.Chunk(64, 1, RATIO)),
        List.of(new ProfileFile.ByThreads(1, RATIO)),
        List.of(new ProfileFile.ByThreads(1, RATIO)),
        Map.of("gemv", RATIO),
        Map.of("gemv/F32/FILE", RATIO),
        null,
        new ProfileFile.LogQuantiles(-0.1, 0.1),
        Map.of("startupSeconds/1", "a reason"));
  }

  private static SimulationFile simulation() {
    SimulationFile.Prediction prediction =
        new SimulationFile.Prediction(
            "h100-sxm",
            1,
            "tiny",
            "F16",
            "F16",
            1,
            1024,
            true,
            0,
            1,
            "dense",
            new Interval(0.01, 0.008, 0.012),
            new Interval(100, 80, 120),
            null,
            List.of(new SimulationFile.OperatorShare("qkv", "core", 0.01, 4096, 8192, "memory")),
            Map.of("kv", 2048L),
            1L << 34,
            List.of(Provenance.DATASHEET),
            List.of());
    return new SimulationFile(1, "run-1", List.of(prediction));
  }

  private static ValidationFile validation() {
    return new ValidationFile(
        1,
        "run-1",
        List.of(new ValidationFile.Row("size: 64x64", "size", "an id", 1, 1.1, 0.9, 1.2, 10)),
        List.of(new ValidationFile.Summary("all", 1, 10, 10, 10, 10, 100)));
  }

  private static ExplorationFile exploration() {
    return new ExplorationFile(
        1,
        "a sweep",
        "",
        2,
        1,
        Map.of("a reason", 1L),
        List.of(new ExplorationFile.Objective("tokens_per_second", true)),
        Map.of("tokens_per_second", "tokens/s"),
        List.of(
            new ExplorationFile.FrontPoint(
                "",
                1,
                "tiny",
                "h100-sxm",
                Map.of("power_W", 500.0),
                "1 device",
                1,
                1,
                "F16",
                "F16",
                null,
                1024,
                1,
                Map.of("tokens_per_second", new Interval(2, 1, 3)))));
  }
}
