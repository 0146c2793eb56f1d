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
    double stealFraction) {

  public HostFacts {
    Checks.text(runId, "runId");
    Checks.text(cpuModel, "cpuModel");
    cpuFlags = Checks.list(cpuFlags, "cpuFlags");
    caches = Checks.list(caches, "caches");
    Checks.positive(cores, "cores");
    Checks.count(memoryBytes, "memoryBytes");
    jvmFlags = Checks.list(jvmFlags, "jvmFlags");
    Checks.finite(stealFraction, "stealFraction");
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
