package dev.membound.benchmarks.suite;

import java.util.List;

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

  private static final List<String> FLAGS =
      List.of(
          VECTOR_MODULE,
          NATIVE_ACCESS,
          CLASS_DATA_SHARING,
          SERIAL_COLLECTOR,
          SMALL_HEAP,
          NO_PERF_DATA);

  private ForkJvm() {}

  /** All of them, as {@code host.json} lists them. */
  public static List<String> flags() {
    return FLAGS;
  }
}
