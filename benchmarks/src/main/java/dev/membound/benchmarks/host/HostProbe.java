package dev.membound.benchmarks.host;

import dev.membound.kernels.memory.HugePages;
import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.provider.KernelProvider;
import dev.membound.model.run.CodeDigest;
import dev.membound.model.run.HostFacts;
import dev.membound.model.run.HostFacts.CacheLevel;
import dev.membound.model.run.RunFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Properties;

/**
 * Asks the machine and the JVM what they are. Never throws: a fact that the machine hides is
 * {@value #UNKNOWN}, empty or 0.
 */
public final class HostProbe {
  /** The value of a textual fact that the machine hides. */
  public static final String UNKNOWN = "unknown";

  private static final Properties BUILD = buildProperties();

  private final LinuxFiles files;
  private final OshiFacts oshi = new OshiFacts();
  private final Path root;

  HostProbe(Path root) {
    this.root = root;
    this.files = new LinuxFiles(root);
  }

  public static HostProbe ofThisMachine() {
    return new HostProbe(Path.of("/"));
  }

  /**
   * All facts of {@code host.json}.
   *
   * @param startedUtc ISO-8601 start of the run
   * @param jvmFlags arguments of the measuring JVMs
   */
  public HostFacts facts(String runId, String startedUtc, List<String> jvmFlags) {
    KernelProvider provider = KernelProvider.current();
    return new HostFacts(
        RunFolder.SCHEMA_VERSION,
        runId,
        startedUtc,
        hostName(),
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"),
        files.cpuModel().or(oshi::cpuModel).orElse(UNKNOWN),
        cpuFlags(),
        caches().levels(),
        cores(),
        memoryBytes(),
        files.transparentHugePages().orElse(UNKNOWN),
        hugePageStatus().name(),
        files.frequencyGovernor().orElse(UNKNOWN),
        provider.vectorBits(),
        provider.propertyValue(),
        System.getProperty("java.vendor")
            + " "
            + System.getProperty("java.vm.name")
            + " "
            + Runtime.version(),
        jvmFlags,
        CpuTimes.read(root.resolve("proc/stat")).stealFraction(),
        null,
        BUILD.getProperty("version"),
        build(KernelProvider.class, HostProbe.class));
  }

  /**
   * This build.
   *
   * @param modules a class of each module that measures
   */
  public static HostFacts.Build build(Class<?>... modules) {
    String commit = BUILD.getProperty("commit");
    return new HostFacts.Build(commit.isEmpty() ? null : commit, CodeDigest.of(modules));
  }

  private static Properties buildProperties() {
    Properties properties = new Properties();
    try (InputStream in = HostProbe.class.getResourceAsStream("/dev/membound/build.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the program's own files", e);
    }
    return properties;
  }

  public CacheHierarchy caches() {
    List<CacheLevel> levels = files.caches();
    return new CacheHierarchy(levels.isEmpty() ? oshi.caches(cores()) : levels, cores());
  }

  /** Physical memory; 0 where the machine hides it. */
  public long memoryBytes() {
    OptionalLong total = files.memory("MemTotal");
    return total.isPresent() ? total.getAsLong() : oshi.memoryBytes().orElse(0L);
  }

  /**
   * Memory that this process may still take without swapping, within its control group's limit; 0
   * where the machine hides it.
   */
  public long availableMemoryBytes() {
    OptionalLong free = files.memory("MemAvailable");
    long machine = free.isPresent() ? free.getAsLong() : oshi.availableMemoryBytes().orElse(0L);
    return Math.min(machine, files.controlGroupHeadroomBytes().orElse(Long.MAX_VALUE));
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  private List<String> cpuFlags() {
    List<String> flags = files.cpuFlags();
    return flags.isEmpty() ? oshi.cpuFlags() : flags;
  }

  /** Maps one huge page, untouched, so that there is an answer to report. */
  private static HugePages.Status hugePageStatus() {
    try (Arena arena = Arena.ofConfined()) {
      OffHeap.allocate(arena, OffHeap.HUGE_PAGE_BYTES);
    } catch (OutOfMemoryError e) {
      return HugePages.Status.REFUSED;
    }
    return HugePages.status();
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return UNKNOWN;
    }
  }
}
