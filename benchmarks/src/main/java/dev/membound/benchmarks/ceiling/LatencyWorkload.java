package dev.membound.benchmarks.ceiling;

import dev.membound.benchmarks.host.CacheHierarchy;
import dev.membound.benchmarks.suite.Workload;
import dev.membound.model.run.Residency;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Dependent loads, one cache line each, on one thread. Seconds a call over {@code shape.loads} is
 * the latency; no bandwidth is claimed.
 *
 * @param workingSetBytes a power of two
 */
public record LatencyWorkload(Residency residency, long workingSetBytes) implements Workload {
  public LatencyWorkload {
    if (workingSetBytes < 64 || Long.bitCount(workingSetBytes) != 1) {
      throw new IllegalArgumentException(
          "latency: a working set of "
              + workingSetBytes
              + " bytes is no power of two of 64 or more");
    }
  }

  /** Loads a call. */
  static final int LOADS = 1 << 14;

  /**
   * Sized for a level of this hierarchy.
   *
   * @return empty where the level does not exist or its size is unknown
   */
  public static Optional<LatencyWorkload> at(Residency residency, CacheHierarchy caches) {
    OptionalLong bytes = caches.workingSetBytes(residency, 1);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    long size =
        residency == Residency.DRAM
            ? PowerOfTwo.atLeast(bytes.getAsLong())
            : PowerOfTwo.atMost(bytes.getAsLong());
    return Optional.of(new LatencyWorkload(residency, size));
  }

  @Override
  public Class<?> benchmark() {
    return LatencyBenchmark.class;
  }

  @Override
  public Map<String, String> params() {
    return Map.of(
        "residency", residency.name(),
        "threads", "1",
        "workingSetBytes", Long.toString(workingSetBytes));
  }

  @Override
  public String kernel() {
    return "latency";
  }

  @Override
  public String format() {
    return "RAW";
  }

  @Override
  public String layout() {
    return "CHASE";
  }

  @Override
  public Map<String, Long> shape() {
    return Map.of("loads", (long) LOADS);
  }

  @Override
  public int batch() {
    return 1;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public Map<String, Long> bytes() {
    return Map.of();
  }

  @Override
  public long flops() {
    return 0;
  }
}
