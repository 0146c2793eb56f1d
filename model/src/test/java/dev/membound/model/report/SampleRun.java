package dev.membound.model.report;

import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.report.section.RunDocuments;
import dev.membound.model.run.ExplorationFile;
import dev.membound.model.run.HostFacts;
import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.QualityFile;
import dev.membound.model.run.Residency;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.run.Sample;
import dev.membound.model.run.SimulationFile;
import dev.membound.model.run.SimulationFile.OperatorShare;
import dev.membound.model.run.SimulationFile.Prediction;
import dev.membound.model.run.ValidationFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** A made-up but plausible run of a two-core machine: every number follows from the seed. */
public final class SampleRun {
  private static final String RUN_ID = "sample";
  private static final double GB = 1e9;
  private static final int[] THREADS = {1, 2};
  private static final long MIB = 1L << 20;

  private final Random random;
  private final List<Measurement> measurements = new ArrayList<>();

  private SampleRun(long seed) {
    this.random = new Random(seed);
  }

  /** All documents of a complete run. */
  public static RunDocuments documents(long seed) {
    return new SampleRun(seed).documents();
  }

  /** Writes a complete run into a folder. */
  public static void write(RunFolder folder, RunDocuments run) {
    folder.write(Document.HOST, run.host());
    folder.write(Document.MEASUREMENTS, run.measurements());
    run.profile().ifPresent(profile -> folder.write(Document.PROFILE, profile));
    run.validation().ifPresent(validation -> folder.write(Document.VALIDATION, validation));
    run.simulation().ifPresent(simulation -> folder.write(Document.SIMULATION, simulation));
    run.quality().ifPresent(quality -> folder.write(Document.QUALITY, quality));
    run.exploration().ifPresent(found -> folder.write(Document.EXPLORATION, found));
  }

  private RunDocuments documents() {
    probes();
    kernels();
    return new RunDocuments(
        host("Sample CPU, 2 cores at 2.6 GHz"),
        new MeasurementFile(RunFolder.SCHEMA_VERSION, RUN_ID, "quick", 42, measurements),
        Optional.of(profile()),
        Optional.of(validation()),
        Optional.of(simulation()),
        Optional.of(quality()),
        Optional.of(exploration()));
  }

  private QualityFile quality() {
    return new QualityFile(
        RunFolder.SCHEMA_VERSION,
        List.of(
            qualityRow("Quest", 16, 1024, 0.31, 9 * MIB, 4e-4),
            qualityRow("Quest", 16, 2048, 0.06, 11 * MIB, 6e-4),
            qualityRow("exact tokens", 1, 2048, 0.02, 66 * MIB, null)));
  }

  private QualityFile.Row qualityRow(
      String method,
      int page,
      int budget,
      double typicalError,
      long readBytes,
      Double stepSeconds) {
    double error = typicalError * (0.9 + 0.2 * random.nextDouble());
    return new QualityFile.Row(
        "structured keys",
        method,
        32768,
        page,
        budget,
        budget,
        0.8,
        1 - error,
        1 - 2 * error,
        error,
        2 * error,
        readBytes,
        128 * MIB,
        stepSeconds,
        5e-3 * (1 + error));
  }

  private static ExplorationFile exploration() {
    return new ExplorationFile(
        RunFolder.SCHEMA_VERSION,
        "sample",
        "GPUs with other memories",
        1_000_000,
        700_000,
        Map.of(),
        List.of(
            new ExplorationFile.Objective("tokens_per_second", true),
            new ExplorationFile.Objective("usd_per_million_tokens", false)),
        Map.of("tokens_per_second", "tokens/s", "usd_per_million_tokens", "USD/Mtoken"),
        List.of(
            frontPoint(0, Map.of("memory.pin_bandwidth_Gbps", 12.0), 4000, 0.9),
            frontPoint(1, Map.of(), 2000, 0.3),
            frontPoint(2, Map.of(), 500, 0.1)));
  }

  private static ExplorationFile.FrontPoint frontPoint(
      int index, Map<String, Double> varied, double rate, double usd) {
    return new ExplorationFile.FrontPoint(
        "context 8192",
        index,
        "llama-3.1-70b",
        "h100-sxm",
        varied,
        "TP" + (4 - index),
        4 - index,
        1,
        "F16",
        "FP8",
        index == 1 ? 500.0 : null,
        8192,
        64,
        Map.of(
            "tokens_per_second", new Interval(rate, 0.9 * rate, 1.1 * rate),
            "usd_per_million_tokens", new Interval(usd, 0.5 * usd, 2 * usd)));
  }

  static HostFacts host(String cpuModel) {
    return new HostFacts(
        RunFolder.SCHEMA_VERSION,
        RUN_ID,
        "2026-01-02T03:04:05Z",
        "sample-host",
        "Linux 6.12",
        cpuModel,
        List.of("avx2", "avx512f", "avx512_bf16"),
        List.of(
            new HostFacts.CacheLevel(1, 48 << 10, 1),
            new HostFacts.CacheLevel(2, MIB, 1),
            new HostFacts.CacheLevel(3, 32 * MIB, 2)),
        2,
        16L << 30,
        "madvise",
        "granted",
        "unknown",
        512,
        "512",
        "Eclipse Temurin 25+36",
        List.of("--add-modules=jdk.incubator.vector", "-Xmx1g"),
        0.013);
  }

  private static double read(Residency level, int threads) {
    return switch (level) {
          case L1 -> 240;
          case L2 -> 118;
          case L3 -> 61;
          case DRAM -> threads == 1 ? 33.5 : 27.5;
        }
        * threads
        * GB;
  }

  private static double peak(int threads) {
    return 121 * GB * threads;
  }

  private static double chunkFraction(long chunkBytes) {
    return Math.min(
        0.97, 0.13 + 0.84 * Math.pow(Math.log(chunkBytes / 32.0) / Math.log(2048), 1.4));
  }

  private void probes() {
    for (int threads : THREADS) {
      for (Residency level : Residency.values()) {
        long bytes = level == Residency.DRAM ? 256 * MIB : (16 << 10) << (3 * level.ordinal());
        for (String layout : List.of("STREAMS_1", "STREAMS_4")) {
          double rate = read(level, threads) * (layout.endsWith("1") ? 0.86 : 1);
          add(
              "read",
              "I64",
              layout,
              Map.of(),
              threads,
              level,
              Map.of("read", bytes),
              0,
              rate,
              null);
        }
      }
      for (long chunk = 64; chunk <= 64 << 10; chunk *= 2) {
        add(
            "chunk",
            "I64",
            "RANDOM",
            Map.of("chunkBytes", chunk),
            threads,
            Residency.DRAM,
            Map.of("read", 64 * MIB),
            0,
            read(Residency.DRAM, threads) * chunkFraction(chunk),
            null);
      }
      long n = 1 << 20;
      measurements.add(
          measurement(
              "fma",
              "F32",
              "REGISTER",
              Map.of(),
              threads,
              Residency.L1,
              Map.of(),
              2 * n,
              2 * n / peak(threads),
              false,
              null));
    }
  }

  private void kernels() {
    Map<String, Double> bitsAWeight = new LinkedHashMap<>();
    bitsAWeight.put("F32", 32.0);
    bitsAWeight.put("F16", 16.0);
    bitsAWeight.put("BF16", 16.0);
    bitsAWeight.put("Q8_0", 8.5);
    bitsAWeight.put("Q4_0", 4.5);
    Map<String, Double> share =
        Map.of("F32", 0.97, "F16", 0.87, "BF16", 0.95, "Q8_0", 0.78, "Q4_0", 0.51);
    long[][] sizes = {{256, 256}, {1024, 1024}, {4096, 4096}, {14336, 4096}};
    bitsAWeight.forEach(
        (format, bits) -> {
          for (long[] size : sizes) {
            for (int threads : THREADS) {
              long bytes = (long) (size[0] * size[1] * bits / 8);
              Residency level = level(bytes, size[0]);
              double reach = share.get(format) * (level == Residency.DRAM ? 1 : 0.55);
              add(
                  "gemv",
                  format,
                  "FILE",
                  Map.of("rows", size[0], "cols", size[1]),
                  threads,
                  level,
                  Map.of("weights", bytes, "activations", 4 * (size[0] + size[1])),
                  2 * size[0] * size[1],
                  read(level, threads) * reach,
                  null);
            }
          }
        });
    for (String format : List.of("F32", "F16", "BF16")) {
      for (long context : new long[] {1024, 8192, 32768}) {
        for (int threads : THREADS) {
          long kv = 2 * 8 * 128 * context * (format.equals("F32") ? 4 : 2);
          add(
              "attention",
              format,
              "PAGED",
              attentionShape(context),
              threads,
              context == 1024 ? Residency.L3 : Residency.DRAM,
              Map.of("kv", kv),
              4 * 32 * 128 * context,
              read(Residency.DRAM, threads) * (0.38 + 0.05 * threads),
              null);
        }
      }
    }
    for (String layout : List.of("EXACT", "QUEST")) {
      for (int threads : THREADS) {
        long index = layout.equals("EXACT") ? 128 * MIB : 64 * MIB;
        add(
            "topk",
            "F32",
            layout,
            Map.of("context", 131072L, "k", 2048L),
            threads,
            Residency.DRAM,
            Map.of("index", index),
            index / 2,
            read(Residency.DRAM, threads) * (layout.equals("EXACT") ? 0.83 : 0.91),
            null);
      }
    }
    Map<String, Long> sparse = new TreeMap<>(attentionShape(65_536));
    sparse.put("budgetTokens", 2048L);
    add(
        "topk",
        "F16",
        "SPARSE_STEP",
        sparse,
        1,
        Residency.DRAM,
        Map.of("index", 16 * MIB, "kv", 8 * MIB),
        1 << 25,
        read(Residency.DRAM, 1) * 0.6,
        null);
    add(
        "gemv",
        "Q8_0",
        "FILE",
        Map.of("rows", 2048L, "cols", 4096L),
        2,
        Residency.DRAM,
        Map.of("weights", 9 * MIB),
        1 << 24,
        read(Residency.DRAM, 2) * 1.31,
        "72.1 GB/s is above the DRAM read ceiling of 55.0 GB/s: the working set was still in L3");
  }

  private static Map<String, Long> attentionShape(long context) {
    return Map.of(
        "context", context, "queryHeads", 32L, "kvHeads", 8L, "headDim", 128L, "blockSize", 16L);
  }

  private static Residency level(long bytes, long rows) {
    return rows == 14336
        ? Residency.DRAM
        : bytes > 8 * MIB ? Residency.DRAM : bytes > MIB / 2 ? Residency.L3 : Residency.L2;
  }

  private void add(
      String kernel,
      String format,
      String layout,
      Map<String, Long> shape,
      int threads,
      Residency level,
      Map<String, Long> bytes,
      long flops,
      double bytesPerSecond,
      String refused) {
    long sum = bytes.values().stream().mapToLong(Long::longValue).sum();
    boolean share = !List.of("read", "chunk").contains(kernel);
    measurements.add(
        measurement(
            kernel,
            format,
            layout,
            shape,
            threads,
            level,
            bytes,
            flops,
            sum / bytesPerSecond,
            share,
            refused));
  }

  private Measurement measurement(
      String kernel,
      String format,
      String layout,
      Map<String, Long> shape,
      int threads,
      Residency level,
      Map<String, Long> bytes,
      long flops,
      double seconds,
      boolean withShare,
      String refused) {
    List<Sample> samples = new ArrayList<>();
    double noise = threads == 1 ? 0.02 : 0.05;
    for (int fork = 0; fork < 3; fork++) {
      double ofFork = Math.exp(noise * random.nextGaussian());
      for (int iteration = 0; iteration < 6; iteration++) {
        boolean disturbed = random.nextDouble() < 0.12;
        double slower = disturbed ? 1 + 0.6 * random.nextDouble() : 1;
        samples.add(
            new Sample(
                fork,
                iteration,
                seconds * ofFork * slower * Math.exp(0.4 * noise * random.nextGaussian()),
                disturbed,
                disturbed ? 0.8 : 0.995,
                disturbed ? 0.05 : 0,
                0,
                read(level, threads)));
      }
    }
    double[] clean =
        samples.stream()
            .filter(s -> !s.disturbed())
            .mapToDouble(Sample::secondsPerCall)
            .sorted()
            .toArray();
    double low = clean[clean.length / 10];
    double median = clean[clean.length / 2];
    double high = clean[clean.length - 1 - clean.length / 10];
    long sum = bytes.values().stream().mapToLong(Long::longValue).sum();
    Interval rate =
        sum == 0 ? null : new Interval(sum / median / GB, sum / high / GB, sum / low / GB);
    Interval share = withShare && rate != null ? scaled(rate, GB / read(level, threads)) : null;
    String id =
        String.join(
            "/",
            kernel,
            format,
            layout,
            new TreeMap<>(shape).toString().replaceAll("[{} ]", ""),
            "b1",
            "t" + threads,
            level.toString());
    return new Measurement(
        id,
        kernel,
        format,
        layout,
        shape,
        1,
        threads,
        level,
        sum * 4,
        bytes,
        flops,
        samples,
        new Interval(median, low, high),
        rate,
        share,
        refused);
  }

  private static Interval scaled(Interval i, double factor) {
    return new Interval(i.median() * factor, i.low() * factor, i.high() * factor);
  }

  private static Quantity fitted(double value, double spread, String unit) {
    return new Quantity(
        value,
        unit,
        value * (1 - spread),
        value * (1 + spread),
        Provenance.FITTED,
        "bootstrap over forks of this run");
  }

  private static ProfileFile profile() {
    List<ProfileFile.Bandwidth> bandwidth = new ArrayList<>();
    List<ProfileFile.Chunk> chunks = new ArrayList<>();
    List<ProfileFile.ByThreads> peaks = new ArrayList<>();
    List<ProfileFile.ByThreads> startup = new ArrayList<>();
    for (int threads : THREADS) {
      for (Residency level : Residency.values()) {
        bandwidth.add(
            new ProfileFile.Bandwidth(level, threads, fitted(read(level, threads), 0.04, "B/s")));
      }
      for (long chunk = 64; chunk <= 64 << 10; chunk *= 4) {
        chunks.add(new ProfileFile.Chunk(chunk, threads, fitted(chunkFraction(chunk), 0.06, "1")));
      }
      peaks.add(new ProfileFile.ByThreads(threads, fitted(peak(threads), 0.02, "FLOP/s")));
      startup.add(new ProfileFile.ByThreads(threads, fitted(3e-7 * threads, 0.9, "s")));
    }
    Map<String, Quantity> efficiency = new TreeMap<>();
    for (String format : List.of("F32", "F16", "BF16", "Q8_0", "Q4_0")) {
      efficiency.put("gemv/" + format + "/FILE", fitted(0.1 + format.length() * 0.12, 0.15, "1"));
    }
    efficiency.put("attention/F16/PAGED", fitted(0.44, 0.3, "1"));
    efficiency.put("topk/F32/QUEST", fitted(0.21, 0.2, "1"));
    efficiency.put("topk/F16/SPARSE_STEP", fitted(0.25, 0.2, "1"));
    return new ProfileFile(
        RunFolder.SCHEMA_VERSION,
        RUN_ID,
        "this-cpu",
        "Sample CPU",
        16L << 30,
        bandwidth,
        fitted(0.55, 0.1, "1"),
        chunks,
        peaks,
        startup,
        Map.of("gemv", fitted(2.4, 0.3, "1"), "attention", fitted(1.6, 0.2, "1")),
        efficiency,
        fitted(96e-9, 0.03, "s"),
        new ProfileFile.LogQuantiles(-0.14, 0.17),
        Map.of("startupSeconds/1", "its interval covers zero: no call is short enough"));
  }

  private ValidationFile validation() {
    List<ValidationFile.Row> rows = new ArrayList<>();
    for (Measurement m : measurements) {
      if (m.shareOfReadCeiling() == null || m.refused() != null) {
        continue;
      }
      for (String kind : List.of("kernel", "size")) {
        double error = Math.exp(0.085 * random.nextGaussian());
        double measured = m.secondsPerCall().median();
        double predicted = measured * error;
        String heldOut =
            kind.equals("kernel")
                ? "kernel: " + m.kernel() + "/" + m.format()
                : "size: "
                    + new TreeMap<>(m.shape()).values().toString().replaceAll("[\\[\\] ]", "");
        rows.add(
            new ValidationFile.Row(
                heldOut,
                kind,
                m.id(),
                measured,
                predicted,
                predicted / 1.15,
                predicted * 1.18,
                100 * (error - 1)));
      }
    }
    List<ValidationFile.Summary> summaries = new ArrayList<>();
    for (String kind : List.of("kernel", "size", "all")) {
      summaries.add(
          summary(
              kind,
              rows.stream().filter(r -> kind.equals("all") || r.kind().equals(kind)).toList()));
    }
    return new ValidationFile(RunFolder.SCHEMA_VERSION, RUN_ID, rows, summaries);
  }

  private static ValidationFile.Summary summary(String kind, List<ValidationFile.Row> rows) {
    double[] errors =
        rows.stream().mapToDouble(r -> Math.abs(r.signedErrorPercent())).sorted().toArray();
    return new ValidationFile.Summary(
        kind,
        rows.size(),
        errors[errors.length / 2],
        Arrays.stream(errors).average().orElseThrow(),
        errors[errors.length - 1],
        rows.stream().mapToDouble(ValidationFile.Row::signedErrorPercent).average().orElseThrow(),
        100.0 * rows.stream().filter(ValidationFile.Row::covers).count() / rows.size());
  }

  private record Machine(String name, int count, double bandwidth, double flops, long bytes) {}

  private record Llm(String name, double weights, long kvBytesPerToken) {}

  private static SimulationFile simulation() {
    List<Machine> machines =
        List.of(
            new Machine("this-cpu", 1, 55e9, 242e9, 16L << 30),
            new Machine("h100-sxm", 1, 3.35e12, 9.9e14, 80_000_000_000L),
            new Machine("cxl-pnm", 1, 1.1e12, 8e12, 512L << 30),
            new Machine("hbm-pim", 4, 4.9e12, 5e12, 64L << 30));
    List<Llm> llms =
        List.of(new Llm("Llama-3.1-8B", 8.03e9, 131072), new Llm("Llama-3.1-70B", 70.6e9, 327680));
    List<Prediction> predictions = new ArrayList<>();
    for (Llm llm : llms) {
      for (int batch : new int[] {1, 16}) {
        for (Machine machine : machines) {
          predictions.add(predict(llm, machine, batch, 8192));
        }
      }
    }
    return new SimulationFile(RunFolder.SCHEMA_VERSION, RUN_ID, predictions);
  }

  private static Prediction predict(Llm llm, Machine machine, int batch, long context) {
    long weights = (long) (llm.weights() * 4.5 / 8);
    long kv = batch * context * llm.kvBytesPerToken();
    List<OperatorShare> operators = new ArrayList<>();
    Map<String, Double> split = new LinkedHashMap<>();
    split.put("qkv projection", 0.09);
    split.put("attention output", 0.08);
    split.put("gate and up", 0.46);
    split.put("down", 0.30);
    split.put("LM head", 0.07);
    double step = 0;
    for (Map.Entry<String, Double> part : split.entrySet()) {
      long bytes = (long) (weights * part.getValue());
      long flops = (long) (2 * llm.weights() * batch * part.getValue());
      double memory = bytes / (0.9 * machine.bandwidth());
      double compute = flops / (0.4 * machine.flops());
      step += Math.max(memory, compute);
      operators.add(
          new OperatorShare(
              part.getKey(),
              "core",
              Math.max(memory, compute),
              bytes,
              flops,
              memory > compute ? "memory" : "compute"));
    }
    double attention = kv / (0.6 * machine.bandwidth());
    double norms = 64 * 1e-6;
    operators.add(2, new OperatorShare("attention", "core", attention, kv, 4 * kv, "memory"));
    operators.add(
        new OperatorShare("norms and residuals", "core", norms, 1 << 20, 1 << 18, "startup"));
    if (machine.count() > 1 || machine.name().startsWith("cxl")) {
      operators.add(new OperatorShare("all-reduce", "link", 2e-4, 1 << 22, 0, "link"));
      step += 2e-4;
    }
    step += attention + norms;
    long needed = weights + kv + 512 * MIB;
    boolean fits = needed <= machine.bytes();
    double spread = machine.name().equals("this-cpu") ? 0.08 : 0.22;
    Interval seconds = new Interval(step, step * (1 - spread), step * (1 + spread));
    Interval rate =
        new Interval(batch / step, batch / step / (1 + spread), batch / step / (1 - spread));
    return new Prediction(
        machine.name(),
        machine.count(),
        llm.name(),
        "Q4_0",
        "F16",
        batch,
        context,
        fits,
        Math.max(0, needed - machine.bytes()),
        machine.count(),
        "dense",
        fits ? seconds : null,
        fits ? rate : null,
        fits ? scaled(seconds, 40) : null,
        fits ? operators : List.of(),
        Map.of("weights", weights, "kv", kv, "activations", 64 * MIB, "workspace", 448 * MIB),
        machine.bytes(),
        machine.name().equals("this-cpu")
            ? List.of(Provenance.FITTED, Provenance.MEASURED)
            : List.of(Provenance.ASSUMED, Provenance.FITTED, Provenance.DATASHEET),
        machine.name().equals("hbm-pim")
            ? List.of("the chunk curve is extrapolated beyond 64 KiB")
            : List.of());
  }
}
