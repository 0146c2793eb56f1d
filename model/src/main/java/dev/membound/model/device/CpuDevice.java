package dev.membound.model.device;

import dev.membound.model.memory.measured.MeasuredMemory;
import dev.membound.model.memory.pnm.PnmMemory;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.Residency;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.Kernel;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The CPU at hand as a device: exactly the equations of {@link ProfileFile}, with the working set
 * in DRAM and all measured threads. Kernels that the calibration did not measure (norms, embedding)
 * move few bytes; their arithmetic efficiency is assumed.
 */
public final class CpuDevice {
  private static final String NOT_MEASURED =
      "not measured: no kernel of its own; a few FLOPs a byte, so that memory decides";

  private CpuDevice() {}

  /**
   * The device of a profile.
   *
   * @throws IllegalArgumentException when the profile lacks DRAM bandwidth, peak or start-up
   */
  public static DeviceProfile from(ProfileFile profile) {
    int threads =
        profile.readBandwidth().stream()
            .filter(b -> b.residency() == Residency.DRAM)
            .mapToInt(ProfileFile.Bandwidth::threads)
            .max()
            .orElseThrow(() -> lacks(profile, "a DRAM read bandwidth"));
    return from(profile, threads);
  }

  /**
   * The device of a profile with so many of its threads.
   *
   * @throws IllegalArgumentException when the profile lacks their DRAM bandwidth, a peak or a
   *     start-up
   */
  public static DeviceProfile from(ProfileFile profile, int threads) {
    Quantity read =
        profile.readBandwidth().stream()
            .filter(b -> b.residency() == Residency.DRAM && b.threads() == threads)
            .findFirst()
            .orElseThrow(() -> lacks(profile, "a DRAM read bandwidth of " + threads + " threads"))
            .bytesPerSecond();
    Quantity capacity =
        Quantity.exact(
            profile.memoryBytes(), "B", Provenance.MEASURED, "the operating system's report");
    MeasuredMemory memory =
        new MeasuredMemory(
            read,
            profile.writeBandwidthFraction(),
            chunkCurve(profile, threads),
            loadLatency(profile),
            new Quantity(
                120e-12,
                "J/B",
                60e-12,
                234e-12,
                Provenance.ASSUMED,
                "DRAM of 7.5 to 29 pJ/bit: LPDDR5 and DDR5 modules in Ma and Patterson, arXiv"
                    + " 2601.05047, Table 3"));
    return new DeviceProfile(
        profile.name(),
        profile.cpuModel(),
        "The CPU that was measured, " + threads + " threads.",
        new MemoryTier("dram", capacity, memory),
        Optional.empty(),
        List.of(engine(profile, threads)),
        Optional.empty(),
        Optional.empty(),
        DeviceFacts.NONE,
        modelError(profile));
  }

  /**
   * The same CPU as the accelerator of a memory module: its cores sit near the memory that was
   * measured, and what they exchange with a host costs nothing, since both are one machine.
   */
  public static DeviceProfile asNearMemory(ProfileFile profile, int threads) {
    DeviceProfile cpu = from(profile, threads);
    String reason = "host and module are one machine: results lie in shared caches";
    PnmMemory near =
        new PnmMemory(
            cpu.memory().model(),
            Quantity.exact(Double.MAX_VALUE, "B/s", Provenance.ASSUMED, reason),
            Quantity.exact(0, "s", Provenance.ASSUMED, reason),
            Quantity.exact(0, "J/B", Provenance.ASSUMED, reason),
            cpu.memory().capacityBytes());
    return new DeviceProfile(
        cpu.name() + "-near-memory",
        cpu.title(),
        cpu.description(),
        new MemoryTier("dram", cpu.memory().capacityBytes(), near),
        Optional.empty(),
        List.of(cpu.mainEngine().at(ComputeEngine.Place.NEAR)),
        Optional.empty(),
        Optional.empty(),
        DeviceFacts.NONE,
        cpu.modelError());
  }

  /** Overlap exponents by kernel, for devices whose own are not known. */
  public static Map<Kernel, Quantity> overlapExponents(ProfileFile profile) {
    Map<Kernel, Quantity> exponents = new EnumMap<>(Kernel.class);
    for (Kernel kernel : Kernel.values()) {
      Quantity exponent = profile.overlapExponent().get(kernel.key());
      if (exponent != null) {
        exponents.put(kernel, exponent);
      }
    }
    return exponents;
  }

  private static ComputeEngine engine(ProfileFile profile, int threads) {
    Map<String, Quantity> efficiency = efficiency(profile);
    Map<Kernel, Quantity> exponents = new EnumMap<>(Kernel.class);
    for (Kernel kernel : Kernel.values()) {
      exponents.put(
          kernel,
          new Quantity(
              1.5,
              "1",
              1,
              Double.POSITIVE_INFINITY,
              Provenance.ASSUMED,
              "not measured: anything between no overlap and all of it"));
    }
    exponents.putAll(overlapExponents(profile));
    if (profile.overlapExponent().containsKey(Kernel.GEMV.key())) {
      exponents.put(Kernel.GEMM, exponents.get(Kernel.GEMV));
    }
    return new ComputeEngine(
        threads + "-threads",
        ComputeEngine.Place.HOST,
        operands(efficiency),
        Map.of(
            DataFormat.F32,
            nearest(profile.peakFlops(), threads)
                .orElseThrow(() -> lacks(profile, "a peak FLOP/s"))),
        nearest(profile.startupSeconds(), threads)
            .orElseThrow(() -> lacks(profile, "a start-up time")),
        exact(1, "1", "the bandwidth is itself measured"),
        exact(0, "B", "the equations of the profile charge every byte to DRAM"),
        exact(Double.MAX_VALUE, "B", "concurrency is part of the measured bandwidth"),
        efficiency,
        exponents,
        ComputeEngine.NO_ENERGY);
  }

  private static Map<String, Quantity> efficiency(ProfileFile profile) {
    Map<String, Quantity> best = new HashMap<>();
    profile
        .computeEfficiency()
        .forEach(
            (key, share) -> {
              String[] parts = key.split("/", -1);
              if (parts.length >= 2) {
                String format = DataFormat.measured(parts[1]).map(Enum::name).orElse(parts[1]);
                best.merge(parts[0] + "/" + format, share, CpuDevice::larger);
              }
            });
    // Prefill runs on the decode kernel: a slower kernel than a blocked GEMM, but the measured one.
    Map<String, Quantity> gemm = new HashMap<>();
    best.forEach(
        (key, share) -> {
          if (key.startsWith("gemv/")) {
            gemm.put("gemm/" + key.substring("gemv/".length()), share);
          }
        });
    best.putAll(gemm);
    Quantity unmeasured = new Quantity(0.05, "1", 0.01, 0.2, Provenance.ASSUMED, NOT_MEASURED);
    best.put(Kernel.NORM.key(), unmeasured);
    best.put(Kernel.EMBEDDING.key(), unmeasured);
    return best;
  }

  private static Quantity larger(Quantity a, Quantity b) {
    return a.value() >= b.value() ? a : b;
  }

  private static Set<DataFormat> operands(Map<String, Quantity> efficiency) {
    Set<DataFormat> formats = EnumSet.noneOf(DataFormat.class);
    for (DataFormat format : DataFormat.values()) {
      if (efficiency.keySet().stream().anyMatch(key -> key.endsWith("/" + format.name()))) {
        formats.add(format);
      }
    }
    return formats;
  }

  private static Map<Long, Quantity> chunkCurve(ProfileFile profile, int threads) {
    Optional<Integer> measured =
        profile.chunkCurve().stream()
            .map(ProfileFile.Chunk::threads)
            .min(Comparator.comparingInt(t -> Math.abs(t - threads)));
    Map<Long, Quantity> curve = new HashMap<>();
    for (ProfileFile.Chunk chunk : profile.chunkCurve()) {
      if (chunk.threads() == measured.orElse(threads)) {
        curve.put(chunk.chunkBytes(), chunk.fractionOfStreaming());
      }
    }
    return curve;
  }

  private static Optional<Quantity> nearest(List<ProfileFile.ByThreads> values, int threads) {
    return values.stream()
        .min(Comparator.comparingInt(value -> Math.abs(value.threads() - threads)))
        .map(ProfileFile.ByThreads::quantity);
  }

  /** No equation of the profile uses it; it only describes the memory. */
  private static Quantity loadLatency(ProfileFile profile) {
    return profile.loadLatencySeconds() != null
        ? profile.loadLatencySeconds()
        : new Quantity(
            100e-9, "s", 60e-9, 200e-9, Provenance.ASSUMED, "not measured: usual for DRAM");
  }

  private static Quantity modelError(ProfileFile profile) {
    ProfileFile.LogQuantiles error = profile.modelErrorLogQuantiles();
    if (error == null) {
      return exact(1, "1", "no held-out rows");
    }
    return new Quantity(
        1,
        "1",
        Math.min(1, StrictMath.exp(error.low())),
        Math.max(1, StrictMath.exp(error.high())),
        Provenance.FITTED,
        "5 % and 95 % of measured over predicted on held-out rows");
  }

  private static Quantity exact(double value, String unit, String source) {
    return Quantity.exact(value, unit, Provenance.FITTED, source);
  }

  private static IllegalArgumentException lacks(ProfileFile profile, String what) {
    return new IllegalArgumentException(
        "profile of run " + profile.runId() + " lacks " + what + ": calibrate it again");
  }
}
