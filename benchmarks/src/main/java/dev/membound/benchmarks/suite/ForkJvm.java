package dev.membound.benchmarks.suite;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Arguments of every measuring JVM: constants, because {@link org.openjdk.jmh.annotations.Fork}
 * takes nothing else.
 */
public final class ForkJvm {
  public static final String VECTOR_MODULE = "--add-modules=jdk.incubator.vector";
  public static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
  public static final String CLASS_DATA_SHARING = "-Xshare:auto";

  /** No collector threads beside the kernel; kernels do not allocate. */
  public static final String SERIAL_COLLECTOR = "-XX:+UseSerialGC";

  /** Working sets live off-heap. */
  public static final String SMALL_HEAP = "-Xmx512m";

  /** Saves a file in {@code /tmp} a fork and its page-cache traffic. */
  public static final String NO_PERF_DATA = "-XX:-UsePerfData";

  /** Two workers on one processor would measure the scheduler. */
  public static final String PINNING = "-Dmembound.pinning=on";

  private static final List<String> FLAGS =
      List.of(
          VECTOR_MODULE,
          NATIVE_ACCESS,
          CLASS_DATA_SHARING,
          SERIAL_COLLECTOR,
          SMALL_HEAP,
          NO_PERF_DATA,
          PINNING);

  private ForkJvm() {}

  /**
   * All of them, and the {@code membound.*} properties of this JVM: a forced kernel provider
   * reaches the forks.
   */
  public static List<String> arguments() {
    Set<String> arguments = new LinkedHashSet<>(FLAGS);
    for (String name : new TreeSet<>(System.getProperties().stringPropertyNames())) {
      if (name.startsWith("membound.")) {
        arguments.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    return List.copyOf(arguments);
  }
}
