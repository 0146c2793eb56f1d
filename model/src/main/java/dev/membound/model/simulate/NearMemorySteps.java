package dev.membound.model.simulate;

import dev.membound.model.device.CpuDevice;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.GroupedQueryAttention;
import dev.membound.model.llm.LayerGroup;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.NoFeedForward;
import dev.membound.model.llm.Norm;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.Residency;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.Kernel;
import dev.membound.model.workload.KvSelection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The PNM simulator against a machine that exists: this CPU, seen as the accelerator of a memory
 * module, scans digests and attends to the selected pages, beside attention to the whole cache. The
 * parameters are those of the calibration; the workload is one layer with the measured heads.
 */
public final class NearMemorySteps {
  private static final Set<Kernel> NEAR_MEMORY = EnumSet.of(Kernel.TOPK, Kernel.ATTENTION);
  private static final String SPARSE_STEP = "SPARSE_STEP";
  private static final String SCATTERED = "PAGED_SCATTERED";
  private static final String PAGED = "PAGED";

  private NearMemorySteps() {}

  /**
   * A measured step and its prediction.
   *
   * @param selecting whether digests are scanned and pages selected; else the whole cache is read
   * @param id of the measurement
   * @param contextTokens cached
   * @param predictedSeconds by the PNM simulator
   * @param measuredSeconds median and interval
   */
  public record Step(
      boolean selecting,
      String id,
      int threads,
      long contextTokens,
      Interval predictedSeconds,
      Interval measuredSeconds) {

    /** Whether the measured median lies in the predicted interval. */
    public boolean within() {
      return predictedSeconds.low() <= measuredSeconds.median()
          && measuredSeconds.median() <= predictedSeconds.high();
    }
  }

  /**
   * A sparse step beside a dense one.
   *
   * @param predictedSpeedup dense over sparse at the context of the sparse step; the errors of both
   *     are taken as independent
   * @param measuredSpeedup the same; the dense step is scaled by tokens where its context differs
   */
  public record Comparison(
      Step sparse, Step dense, Interval predictedSpeedup, double measuredSpeedup) {

    /** Whether the measured speed-up lies in the predicted interval. */
    public boolean within() {
      return predictedSpeedup.low() <= measuredSpeedup
          && measuredSpeedup <= predictedSpeedup.high();
    }
  }

  /**
   * Every sparse step that was measured in DRAM, beside the dense step that is most like it: same
   * heads, format and threads; neighbouring blocks, which are read as a stream, before blocks in
   * random order; the nearest context.
   *
   * @param simulator that predicts
   * @param profile of the machine; it must hold the bandwidth of the measured threads
   * @param measurements sound ones
   */
  public static List<Comparison> compare(
      Simulator simulator, ProfileFile profile, List<Measurement> measurements) {
    List<Comparison> comparisons = new ArrayList<>();
    for (Measurement sparse : measurements) {
      if (sparse.layout().equals(SPARSE_STEP) && measured(sparse) && known(profile, sparse)) {
        dense(measurements, sparse)
            .flatMap(dense -> compare(simulator, profile, sparse, dense))
            .ifPresent(comparisons::add);
      }
    }
    return List.copyOf(comparisons);
  }

  private static boolean measured(Measurement m) {
    return m.residency() == Residency.DRAM
        && m.secondsPerCall() != null
        && m.shape()
            .keySet()
            .containsAll(Set.of("queryHeads", "kvHeads", "headDim", "context", "blockSize"));
  }

  private static boolean known(ProfileFile profile, Measurement m) {
    return profile.readBandwidth().stream()
        .anyMatch(b -> b.residency() == Residency.DRAM && b.threads() == m.threads());
  }

  private static Optional<Measurement> dense(List<Measurement> all, Measurement sparse) {
    return all.stream()
        .filter(m -> m.kernel().equals(Kernel.ATTENTION.key()) && measured(m) && m.batch() == 1)
        .filter(m -> m.layout().equals(SCATTERED) || m.layout().equals(PAGED))
        .filter(m -> m.format().equals(sparse.format()) && m.threads() == sparse.threads())
        .filter(m -> sameShape(m, sparse))
        .min(
            Comparator.comparing((Measurement m) -> !m.layout().equals(PAGED))
                .thenComparing(m -> Math.abs(size(m, "context") - size(sparse, "context"))));
  }

  private static boolean sameShape(Measurement a, Measurement b) {
    return List.of("queryHeads", "kvHeads", "headDim", "blockSize").stream()
        .allMatch(name -> size(a, name) == size(b, name));
  }

  private static long size(Measurement m, String name) {
    return m.shape().getOrDefault(name, 0L);
  }

  private static Optional<Comparison> compare(
      Simulator simulator, ProfileFile profile, Measurement sparse, Measurement dense) {
    Optional<DataFormat> format =
        Arrays.stream(DataFormat.values())
            .filter(f -> f.name().equals(sparse.format()))
            .findFirst();
    long budget = size(sparse, "budgetTokens");
    long page = size(sparse, "blockSize");
    if (format.isEmpty() || budget < page || budget % page != 0) {
      return Optional.empty();
    }
    KvSelection quest = new KvSelection.QuestTopK(Math.toIntExact(page), Math.toIntExact(budget));
    KvSelection all = new KvSelection.Dense();
    long context = size(sparse, "context");
    ProfileFile densely = dense.layout().equals(PAGED) ? withoutGaps(profile) : profile;
    SampledSeconds near = seconds(simulator, profile, sparse, format.get(), context, quest);
    // What the equations leave out of two kernels is not the same: other worlds for the other.
    SampledSeconds whole =
        seconds(simulator.reseeded(), densely, dense, format.get(), context, all);
    SampledSeconds measuredContext =
        seconds(simulator, densely, dense, format.get(), size(dense, "context"), all);
    double scaled = dense.secondsPerCall().median() * context / size(dense, "context");
    return Optional.of(
        new Comparison(
            step(true, sparse, near),
            step(false, dense, measuredContext),
            whole.ratioTo(near).interval(),
            scaled / sparse.secondsPerCall().median()));
  }

  /** Neighbouring blocks are one long chunk. */
  private static ProfileFile withoutGaps(ProfileFile p) {
    return new ProfileFile(
        p.schemaVersion(),
        p.runId(),
        p.name(),
        p.cpuModel(),
        p.memoryBytes(),
        p.readBandwidth(),
        p.writeBandwidthFraction(),
        List.of(),
        p.peakFlops(),
        p.startupSeconds(),
        p.overlapExponent(),
        p.computeEfficiency(),
        p.loadLatencySeconds(),
        p.modelErrorLogQuantiles(),
        p.notIdentifiable());
  }

  private static Step step(boolean selecting, Measurement m, SampledSeconds predicted) {
    return new Step(
        selecting,
        m.id(),
        m.threads(),
        size(m, "context"),
        predicted.interval(),
        m.secondsPerCall());
  }

  private static SampledSeconds seconds(
      Simulator simulator,
      ProfileFile profile,
      Measurement like,
      DataFormat format,
      long context,
      KvSelection selection) {
    DeviceProfile cpu = CpuDevice.from(profile, like.threads());
    DeviceProfile module = CpuDevice.asNearMemory(profile, like.threads());
    HardwareSystem system = HardwareSystem.of(cpu, 1).withKvModules(module, 1);
    Formats formats = new Formats(format, format, DataFormat.F32);
    DecodeWorkload step = new DecodeWorkload(1, context, formats, selection);
    return simulator.seconds(system, layer(like), step, NEAR_MEMORY);
  }

  /** One layer of attention with the heads of a measurement. */
  private static LlmArchitecture layer(Measurement like) {
    int queryHeads = Math.toIntExact(size(like, "queryHeads"));
    int headDim = Math.toIntExact(size(like, "headDim"));
    GroupedQueryAttention attention =
        new GroupedQueryAttention(queryHeads, Math.toIntExact(size(like, "kvHeads")), headDim);
    return new LlmArchitecture(
        "measured-layer",
        "Measured layer",
        "measurements.json",
        queryHeads * headDim,
        List.of(new LayerGroup(1, attention, new NoFeedForward())),
        1,
        true,
        0,
        Norm.RMS,
        false,
        Integer.MAX_VALUE);
  }
}
