package dev.membound.model.calibrate;

import dev.membound.model.run.HostFacts;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.Residency;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.Sample;
import dev.membound.model.simulate.OverlapLaw;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A machine with known parameters that "measures" itself by the profile's equations plus seeded
 * noise: forks that differ, iterations that differ less, a DRAM bandwidth that flips between two
 * states at two threads.
 */
final class SyntheticMachine {
  static final double[] STARTUP_SECONDS = {0, 0.3e-6, 1.2e-6};

  /** The part of the startup that a call without work leaves out. */
  static final double KERNEL_STARTUP_SECONDS = 0.25e-6;

  static final double WRITE_FRACTION = 0.6;
  static final Map<String, Double> EXPONENT =
      new TreeMap<>(Map.of("gemv", 2.5, "attention", 1.6, "topk", 4.0));
  static final double PEAK_FLOPS = 140e9;

  private static final int[] CHUNKS = {64, 256, 1024, 4096, 16384, 65536};

  final Map<String, Double> efficiency = new TreeMap<>();
  double forkSigma = 0.03;
  double iterationSigma = 0.015;
  double ceilingSigma = 0.01;
  double outlierShare;
  double disturbedShare;
  int forks = 5;
  int iterations = 3;
  boolean onlyDram;
  boolean emptyCalls;
  int maxThreads = 2;

  private final Random random;
  private final long seed;
  private final List<Measurement> measurements = new ArrayList<>();

  SyntheticMachine(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
    efficiency.put("gemv/F32/FILE", 0.24);
    efficiency.put("gemv/BF16/FILE", 0.33);
    efficiency.put("gemv/F16/FILE", 0.30);
    efficiency.put("gemv/Q8_0/FILE", 0.26);
    efficiency.put("gemv/Q8_0/PACKED", 0.38);
    efficiency.put("gemv/Q4_0/FILE", 0.34);
    efficiency.put("gemv/Q4_0/PACKED", 0.50);
    efficiency.put("attention/F16/PAGED", 0.28);
    efficiency.put("attention/BF16/PAGED", 0.30);
    efficiency.put("attention/F32/PAGED", 0.22);
    efficiency.put("topk/I8/EXACT", 0.45);
    efficiency.put("topk/F16/QUEST", 0.40);
  }

  /** Efficiencies scaled by independent factors of this log standard deviation. */
  SyntheticMachine varied(double logSigma) {
    efficiency.replaceAll((variant, e) -> e * Math.exp(logSigma * random.nextGaussian()));
    return this;
  }

  static HostFacts host() {
    return new HostFacts(
        RunFolder.SCHEMA_VERSION,
        "run-1",
        "2026-01-01T00:00:00Z",
        "host",
        "Linux",
        "Synthetic CPU",
        List.of(),
        List.of(),
        2,
        16L << 30,
        "madvise",
        "ok",
        "unknown",
        512,
        "512",
        "JVM",
        List.of(),
        0);
  }

  MeasurementFile measure() {
    measurements.clear();
    for (int threads = 1; threads <= maxThreads; threads++) {
      probes(threads);
      writers(threads);
      gemv(threads);
      attention(threads);
      topk(threads);
    }
    for (int threads = 1; emptyCalls && threads <= maxThreads; threads++) {
      double empty = STARTUP_SECONDS[threads] - KERNEL_STARTUP_SECONDS;
      add("call", "NONE", "EMPTY", Map.of(), threads, Residency.L1, Map.of(), 0, b -> empty);
    }
    return new MeasurementFile(
        RunFolder.SCHEMA_VERSION, "run-1", "quick", seed, List.copyOf(measurements));
  }

  static double readBandwidth(Residency residency, int threads) {
    double one =
        switch (residency) {
          case L1 -> 240e9;
          case L2 -> 140e9;
          case L3 -> 75e9;
          case DRAM -> 36e9;
        };
    return threads * one;
  }

  static double chunkFraction(long chunkBytes) {
    return 1 / (1 + 2000.0 / chunkBytes);
  }

  private void probes(int threads) {
    for (Residency residency : Residency.values()) {
      probe("read", residency, threads, Map.of(), Map.of("read", 8L << 20), 0, 1);
    }
    for (int chunk : CHUNKS) {
      probe(
          "chunk",
          Residency.DRAM,
          threads,
          Map.of("chunkBytes", (long) chunk),
          Map.of("read", 8L << 20),
          0,
          chunkFraction(chunk));
    }
    add(
        "fma",
        "F32",
        "NONE",
        Map.of(),
        threads,
        Residency.L1,
        Map.of(),
        1 << 20,
        b -> {
          return (1 << 20) / (PEAK_FLOPS * threads);
        });
    if (threads == 1) {
      add(
          "latency",
          "RAW",
          "CHASE",
          Map.of("loads", 1000L),
          1,
          Residency.DRAM,
          Map.of(),
          0,
          b -> 1000 * 95e-9);
    }
  }

  private void probe(
      String kernel,
      Residency residency,
      int threads,
      Map<String, Long> shape,
      Map<String, Long> bytes,
      long flops,
      double fraction) {
    long read = bytes.get("read");
    add(
        kernel,
        "RAW",
        "STREAM",
        shape,
        threads,
        residency,
        bytes,
        flops,
        b -> read / (b * fraction));
  }

  private void writers(int threads) {
    long n = 32L << 20;
    add(
        "copy",
        "RAW",
        "STREAM",
        Map.of("workingSetBytes", n),
        threads,
        Residency.DRAM,
        Map.of("read", n, "write", n, "writeAllocate", n),
        0,
        b -> STARTUP_SECONDS[threads] + n / b + n / (b * WRITE_FRACTION));
    add(
        "triad",
        "RAW",
        "STREAM",
        Map.of("workingSetBytes", n),
        threads,
        Residency.DRAM,
        Map.of("read", 2 * n, "write", n, "writeAllocate", n),
        2 * n / 4,
        b -> STARTUP_SECONDS[threads] + 2 * n / b + n / (b * WRITE_FRACTION));
  }

  private void gemv(int threads) {
    long[][] shapes = {{64, 256}, {512, 2048}, {4096, 4096}, {14336, 4096}};
    for (String variant : efficiency.keySet()) {
      String[] parts = variant.split("/");
      if (!parts[0].equals("gemv")) {
        continue;
      }
      double bits =
          switch (parts[1]) {
            case "F32" -> 32;
            case "Q8_0" -> 8.5;
            case "Q4_0" -> 4.5;
            default -> 16;
          };
      for (long[] shape : shapes) {
        long weights = shape[0] * shape[1];
        long bytes = (long) (weights * bits / 8);
        Residency residency =
            bytes < 32 << 10
                ? Residency.L1
                : bytes < 1 << 20 ? Residency.L2 : bytes < 6 << 20 ? Residency.L3 : Residency.DRAM;
        kernel(
            variant,
            Map.of("rows", shape[0], "cols", shape[1]),
            threads,
            residency,
            Map.of("weights", bytes, "activations", 4 * (shape[0] + shape[1])),
            2 * weights,
            1);
      }
    }
  }

  private void attention(int threads) {
    for (String variant : efficiency.keySet()) {
      String[] parts = variant.split("/");
      if (!parts[0].equals("attention")) {
        continue;
      }
      long element = parts[1].equals("F32") ? 4 : 2;
      for (long context : new long[] {64, 1024, 32768}) {
        long bytes = context * 8 * 128 * 2 * element;
        kernel(
            variant,
            Map.of("context", context, "chunkBytes", 4096L),
            threads,
            context == 32768 ? Residency.DRAM : context == 64 ? Residency.L2 : Residency.L3,
            Map.of("kv", bytes),
            context * 32 * 128 * 4,
            context == 32768 ? chunkFraction(4096) : 1);
      }
    }
  }

  private void topk(int threads) {
    for (String variant : efficiency.keySet()) {
      if (variant.startsWith("topk/")) {
        for (long keys : new long[] {1024, 131072, 1 << 20}) {
          long bytes = keys * 128 * (variant.contains("I8") ? 1 : 2);
          kernel(
              variant,
              Map.of("keys", keys),
              threads,
              keys == 1024 ? Residency.L2 : Residency.DRAM,
              Map.of("index", bytes),
              2 * keys * 128,
              1);
        }
      }
    }
  }

  private void kernel(
      String variant,
      Map<String, Long> shape,
      int threads,
      Residency residency,
      Map<String, Long> bytes,
      long flops,
      double fraction) {
    if (onlyDram && residency != Residency.DRAM) {
      return;
    }
    String[] parts = variant.split("/");
    double total = bytes.values().stream().mapToLong(Long::longValue).sum();
    double exponent = EXPONENT.get(parts[0]);
    double compute = flops / (efficiency.get(variant) * PEAK_FLOPS * threads);
    add(
        parts[0],
        parts[1],
        parts[2],
        shape,
        threads,
        residency,
        bytes,
        flops,
        b ->
            STARTUP_SECONDS[threads]
                + OverlapLaw.seconds(total / (b * fraction), compute, exponent));
  }

  private interface SecondsAtBandwidth {
    double of(double bytesPerSecond);
  }

  private void add(
      String kernel,
      String format,
      String layout,
      Map<String, Long> shape,
      int threads,
      Residency residency,
      Map<String, Long> bytes,
      long flops,
      SecondsAtBandwidth seconds) {
    List<Sample> samples = new ArrayList<>();
    for (int fork = 0; fork < forks; fork++) {
      double ofFork = forkSigma * random.nextGaussian();
      for (int iteration = 0; iteration < iterations; iteration++) {
        boolean slowState = threads == 2 && residency == Residency.DRAM && random.nextInt(3) == 0;
        double bandwidth = readBandwidth(residency, threads) * (slowState ? 0.53 : 1);
        boolean outlier = random.nextDouble() < outlierShare;
        boolean disturbed = random.nextDouble() < disturbedShare;
        double slowed = outlier || disturbed ? 1.5 + random.nextDouble() : 1;
        boolean probe = KernelFamily.isProbe(kernel);
        double noise = (probe ? 0.1 : 1) * (ofFork + iterationSigma * random.nextGaussian());
        samples.add(
            new Sample(
                fork,
                iteration,
                seconds.of(bandwidth) * slowed * Math.exp(noise),
                disturbed,
                disturbed ? 0.6 : 1,
                0,
                0,
                probe && !kernel.equals("chunk")
                    ? null
                    : Double.valueOf(bandwidth * Math.exp(ceilingSigma * random.nextGaussian()))));
      }
    }
    String name =
        String.join(
            "/",
            kernel,
            format,
            layout,
            new TreeMap<>(shape).toString(),
            residency.toString(),
            "t" + threads);
    measurements.add(
        new Measurement(
            name,
            kernel,
            format,
            layout,
            new LinkedHashMap<>(shape),
            1,
            threads,
            residency,
            1L << 28,
            new LinkedHashMap<>(bytes),
            flops,
            samples,
            null,
            null,
            null,
            null));
  }

  /** The same measurement with every time multiplied. */
  static Measurement slowed(Measurement m, double factor) {
    List<Sample> samples =
        m.samples().stream()
            .map(
                s ->
                    new Sample(
                        s.fork(),
                        s.iteration(),
                        factor * s.secondsPerCall(),
                        s.disturbed(),
                        s.cpuOverWall(),
                        s.stealFraction(),
                        s.jitMilliseconds(),
                        s.readCeilingBytesPerSecond()))
            .toList();
    return new Measurement(
        m.id(),
        m.kernel(),
        m.format(),
        m.layout(),
        m.shape(),
        m.batch(),
        m.threads(),
        m.residency(),
        m.workingSetBytes(),
        m.bytes(),
        m.flops(),
        samples,
        null,
        null,
        null,
        m.refused());
  }
}
