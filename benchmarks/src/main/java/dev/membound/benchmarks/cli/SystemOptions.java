package dev.membound.benchmarks.cli;

import dev.membound.model.device.CpuDevice;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.MemoryCatalogue;
import dev.membound.model.device.MemoryTier;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.MixtureOfExperts;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.workload.Sharding;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** Which devices, how many, and how they share a model. */
final class SystemOptions {
  private static final String THIS_CPU = "this-cpu";
  private static final Pattern SEVERAL = Pattern.compile("(\\d{1,6})x(.+)");

  @Option(
      names = "--device",
      required = true,
      description =
          "A name from `membound devices`, a file, or " + THIS_CPU + " (calibrated by a run).")
  private String device;

  @Option(
      names = "--count",
      description = "Devices in all (default: TP x PP x DP x CP; alone, it is the TP).")
  private Integer count;

  @Option(names = "--tp", description = "Tensor parallelism: slices of every matrix and the heads.")
  private Integer tensor;

  @Option(names = "--pp", description = "Pipeline parallelism: stages of layers (default: 1).")
  private int pipeline = 1;

  @Option(
      names = "--ep",
      description = "Expert parallelism: 1, or all devices of a stage, TP x DP x CP (default: 1).")
  private int expert = 1;

  @Option(names = "--dp", description = "Data parallelism: replicas (default: 1).")
  private int data = 1;

  @Option(names = "--cp", description = "Context parallelism: parts of a context (default: 1).")
  private int context = 1;

  @Option(names = "--kv-modules", description = "Near-memory modules that hold the KV cache.")
  private int kvModules;

  @Option(names = "--kv-module", description = "What they are (default: cxl-pnm).")
  private String kvModule = "cxl-pnm";

  @Option(
      names = "--weights-memory",
      paramLabel = "[COUNTx]NAME",
      description =
          "Replace each device's memory by so many of the catalogue or of a file, say 3xhbf.")
  private String weightsMemory;

  @Option(
      names = "--kv-memory",
      paramLabel = "[COUNTx]NAME",
      description = "Give each device a memory of its own for the KV cache, say 2xhbm4.")
  private String kvMemory;

  @Option(
      names = "--kv-beside-weights",
      description = "Put the KV cache into the memory of the weights, not into one of its own.")
  private boolean kvBesideWeights;

  @Option(
      names = "--force-kv-on-flash",
      description = "Let flash hold a KV cache in spite of its wear.")
  private boolean forceKvOnFlash;

  boolean isThisCpu() {
    return device.equals(THIS_CPU);
  }

  /** The system as asked for; throws {@link IllegalArgumentException} when it makes no sense. */
  HardwareSystem system(RunOption runs) {
    HardwareSystem system = HardwareSystem.of(device(runs), sharding());
    return kvModules == 0
        ? system
        : system.withKvModules(DeviceCatalogue.find(kvModule), kvModules);
  }

  /** Most devices of a search. */
  int mostDevices() {
    return count == null ? sharding().devices() : count;
  }

  DeviceProfile device(RunOption runs) {
    DeviceProfile found =
        isThisCpu()
            ? CpuDevice.from(
                runs.folder(Document.PROFILE).read(Document.PROFILE, ProfileFile.class))
            : calibrated(DeviceCatalogue.find(device), runs);
    if (kvMemory != null && (kvBesideWeights || kvModules > 0)) {
      throw new IllegalArgumentException(
          "--kv-memory says where the KV cache lies, and so do --kv-beside-weights and"
              + " --kv-modules");
    }
    DeviceProfile placed = kvBesideWeights ? found.withKvBesideWeights() : found;
    if (weightsMemory != null) {
      placed = placed.withWeightsIn(memory(weightsMemory));
    }
    if (kvMemory != null) {
      placed = placed.withKvIn(memory(kvMemory));
    }
    return forceKvOnFlash ? placed.withKvForcedOnFlash() : placed;
  }

  /** So many memories of the catalogue: {@code hbf}, {@code 3xhbf}. */
  private static MemoryTier memory(String countAndName) {
    Matcher several = SEVERAL.matcher(countAndName);
    return several.matches()
        ? MemoryCatalogue.find(several.group(2)).tier().times(Integer.parseInt(several.group(1)))
        : MemoryCatalogue.find(countAndName).tier();
  }

  /** Refuses what only makes sense for other models. */
  void check(LlmArchitecture model) {
    boolean experts =
        model.groups().stream().anyMatch(g -> g.feedForward() instanceof MixtureOfExperts);
    if (expert > 1 && !experts) {
      throw new IllegalArgumentException(
          "--ep %d spreads experts, and %s has none".formatted(expert, model.name()));
    }
  }

  /** With the overlap exponents of a run where there is one: they do not depend on a device. */
  static DeviceProfile calibrated(DeviceProfile profile, RunOption runs) {
    return runs.find(Document.PROFILE)
        .filter(run -> run.has(Document.PROFILE))
        .map(run -> run.read(Document.PROFILE, ProfileFile.class))
        .map(fitted -> profile.withOverlap(CpuDevice.overlapExponents(fitted)))
        .orElse(profile);
  }

  private Sharding sharding() {
    Sharding others = new Sharding(1, pipeline, 1, data, context, 0);
    int slices = tensor == null ? slices(others.devices()) : tensor;
    Sharding sharding = new Sharding(slices, pipeline, expert, data, context, 0);
    if (count != null && count != sharding.devices()) {
      throw new IllegalArgumentException(
          "--count %d is not TP x PP x DP x CP = %d x %d x %d x %d = %d"
              .formatted(count, slices, pipeline, data, context, sharding.devices()));
    }
    return sharding;
  }

  private int slices(int others) {
    if (count == null) {
      return 1;
    }
    if (count % others != 0) {
      throw new IllegalArgumentException(
          "--count %d is no multiple of PP x DP x CP = %d x %d x %d"
              .formatted(count, pipeline, data, context));
    }
    return count / others;
  }
}
