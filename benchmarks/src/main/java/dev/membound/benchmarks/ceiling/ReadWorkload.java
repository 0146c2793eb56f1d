package dev.membound.benchmarks.ceiling;

import dev.membound.benchmarks.host.CacheHierarchy;
import dev.membound.model.run.Residency;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Load-only bandwidth of one level: the roof of LLM decoding.
 *
 * @param workingSetBytes of all threads together
 */
public record ReadWorkload(Residency residency, int threads, long workingSetBytes)
    implements StreamWorkload {
  public ReadWorkload {
    ProbeBuffer.check("read", workingSetBytes, threads, ReadShape.GRANULE_BYTES);
  }

  /**
   * Sized for a level of this hierarchy.
   *
   * @return empty where the level does not exist or its size is unknown
   */
  public static Optional<ReadWorkload> at(Residency residency, int threads, CacheHierarchy caches) {
    OptionalLong bytes = caches.workingSetBytes(residency, threads);
    return bytes.isEmpty()
        ? Optional.empty()
        : Optional.of(new ReadWorkload(residency, threads, bytes.getAsLong()));
  }

  @Override
  public Class<?> benchmark() {
    return ReadBenchmark.class;
  }

  @Override
  public String kernel() {
    return "read";
  }

  @Override
  public String format() {
    return "RAW";
  }

  @Override
  public Map<String, Long> bytes() {
    return Map.of("read", workingSetBytes * passes());
  }

  @Override
  public long flops() {
    return 0;
  }
}
