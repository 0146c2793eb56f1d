package dev.membound.benchmarks.ceiling;

import static dev.membound.model.run.Measurement.WRITE_ALLOCATE;

import dev.membound.benchmarks.host.CacheHierarchy;
import dev.membound.model.run.Residency;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * STREAM copy: half of the working set is read, half is written.
 *
 * @param workingSetBytes both arrays, of all threads together
 */
public record CopyWorkload(Residency residency, int threads, long workingSetBytes)
    implements StreamWorkload {
  private static final int ARRAYS = 2;

  public CopyWorkload {
    ProbeBuffer.check("copy", workingSetBytes, threads, ARRAYS * CopyProbe.GRANULE_BYTES);
  }

  /**
   * Sized for a level of this hierarchy.
   *
   * @return empty where the level does not exist or its size is unknown
   */
  public static Optional<CopyWorkload> at(Residency residency, int threads, CacheHierarchy caches) {
    OptionalLong bytes = caches.workingSetBytes(residency, threads);
    return bytes.isEmpty()
        ? Optional.empty()
        : Optional.of(new CopyWorkload(residency, threads, bytes.getAsLong()));
  }

  long arrayBytes() {
    return workingSetBytes / ARRAYS;
  }

  @Override
  public Class<?> benchmark() {
    return CopyBenchmark.class;
  }

  @Override
  public String kernel() {
    return "copy";
  }

  @Override
  public String format() {
    return "RAW";
  }

  @Override
  public Map<String, Long> bytes() {
    return Map.of(
        "read",
        arrayBytes() * passes(),
        "write",
        arrayBytes() * passes(),
        WRITE_ALLOCATE,
        arrayBytes() * passes());
  }

  @Override
  public long flops() {
    return 0;
  }
}
