package dev.membound.model.run;

import java.util.List;

/**
 * {@code host.json}: the machine and the JVM that measured.
 *
 * @param cpuFlags instruction-set flags as the OS names them; empty where it names none
 * @param caches data and unified caches, nearest first
 * @param cores logical processors that this process may use
 * @param memoryBytes physical memory
 * @param transparentHugePages the OS policy, for instance {@code madvise}; {@code unknown} where
 *     there is none
 * @param hugePageStatus what {@code madvise} answered
 * @param frequencyGovernor of core 0; {@code unknown} where the OS hides it
 * @param kernelProvider {@code scalar}, {@code 128}, {@code 256} or {@code 512}
 * @param jvm vendor, name and version
 * @param jvmFlags arguments of the measuring JVMs
 * @param stealFraction share of time that the hypervisor took since boot
 * @param vectorWidths what was measured to choose {@code kernelProvider}; null where a property or
 *     an older run chose it
 * @param memboundVersion version of the program that measured; null in the files of older versions
 * @param memboundBuild which build of that version; null in the files of older versions
 * @param startedUtc ISO-8601 start of the run
 */
public record HostFacts(
    int schemaVersion,
    String runId,
    String startedUtc,
    String hostName,
    String operatingSystem,
    String cpuModel,
    List<String> cpuFlags,
    List<CacheLevel> caches,
    int cores,
    long memoryBytes,
    String transparentHugePages,
    String hugePageStatus,
    String frequencyGovernor,
    int vectorBits,
    String kernelProvider,
    String jvm,
    List<String> jvmFlags,
    double stealFraction,
    List<VectorWidth> vectorWidths,
    String memboundVersion,
    Build memboundBuild) {

  public HostFacts {
    Checks.text(runId, "runId");
    Checks.present(startedUtc, "startedUtc");
    Checks.present(hostName, "hostName");
    Checks.present(operatingSystem, "operatingSystem");
    Checks.text(cpuModel, "cpuModel");
    cpuFlags = Checks.list(cpuFlags, "cpuFlags");
    caches = Checks.list(caches, "caches");
    Checks.positive(cores, "cores");
    Checks.count(memoryBytes, "memoryBytes");
    Checks.present(transparentHugePages, "transparentHugePages");
    Checks.present(hugePageStatus, "hugePageStatus");
    Checks.present(frequencyGovernor, "frequencyGovernor");
    Checks.present(kernelProvider, "kernelProvider");
    Checks.present(jvm, "jvm");
    jvmFlags = Checks.list(jvmFlags, "jvmFlags");
    Checks.finite(stealFraction, "stealFraction");
    if (vectorWidths != null) {
      vectorWidths = Checks.list(vectorWidths, "vectorWidths");
    }
  }

  /** A host whose kernels nobody chose by measurement, and an unknown version. */
  public HostFacts(
      int schemaVersion,
      String runId,
      String startedUtc,
      String hostName,
      String operatingSystem,
      String cpuModel,
      List<String> cpuFlags,
      List<CacheLevel> caches,
      int cores,
      long memoryBytes,
      String transparentHugePages,
      String hugePageStatus,
      String frequencyGovernor,
      int vectorBits,
      String kernelProvider,
      String jvm,
      List<String> jvmFlags,
      double stealFraction) {
    this(
        schemaVersion,
        runId,
        startedUtc,
        hostName,
        operatingSystem,
        cpuModel,
        cpuFlags,
        caches,
        cores,
        memoryBytes,
        transparentHugePages,
        hugePageStatus,
        frequencyGovernor,
        vectorBits,
        kernelProvider,
        jvm,
        jvmFlags,
        stealFraction,
        null,
        null,
        null);
  }

  /** The same host, with what chose its kernels. */
  public HostFacts withVectorWidths(List<VectorWidth> measured) {
    return with(measured, memboundBuild);
  }

  /** The same host, measured by another build. */
  public HostFacts withMemboundBuild(Build build) {
    return with(vectorWidths, build);
  }

  private HostFacts with(List<VectorWidth> measured, Build build) {
    return new HostFacts(
        schemaVersion,
        runId,
        startedUtc,
        hostName,
        operatingSystem,
        cpuModel,
        cpuFlags,
        caches,
        cores,
        memoryBytes,
        transparentHugePages,
        hugePageStatus,
        frequencyGovernor,
        vectorBits,
        kernelProvider,
        jvm,
        jvmFlags,
        stealFraction,
        measured,
        memboundVersion,
        build);
  }

  /**
   * A build of Membound.
   *
   * @param commit its source, {@code -dirty} behind it where files differed from it; null where the
   *     build was not told
   * @param code {@link CodeDigest} of the modules that measure
   */
  public record Build(String commit, String code) {

    public Build {
      Checks.text(code, "code");
    }
  }

  /**
   * A vector width that was tried.
   *
   * @param kernelProvider {@code 128}, {@code 256} or {@code 512}
   * @param f32WeightsPerSecond of a packed F32 matrix × vector in the second-level cache
   * @param q4WeightsPerSecond of a packed Q4_0 matrix × vector in the second-level cache
   */
  public record VectorWidth(
      String kernelProvider, double f32WeightsPerSecond, double q4WeightsPerSecond) {

    public VectorWidth {
      Checks.text(kernelProvider, "kernelProvider");
      Checks.within(f32WeightsPerSecond, 1, 1e18, "f32WeightsPerSecond");
      Checks.within(q4WeightsPerSecond, 1, 1e18, "q4WeightsPerSecond");
    }
  }

  /**
   * One data or unified cache.
   *
   * @param level 1 to 4
   * @param bytes size as one core sees it
   * @param sharedByCores cores that share it
   */
  public record CacheLevel(int level, long bytes, int sharedByCores) {

    public CacheLevel {
      Checks.positive(level, "level");
      Checks.count(bytes, "bytes");
      Checks.positive(sharedByCores, "sharedByCores");
    }
  }
}
