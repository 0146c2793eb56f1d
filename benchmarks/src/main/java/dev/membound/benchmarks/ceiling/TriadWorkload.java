package dev.membound.benchmarks.ceiling;

import static dev.membound.model.run.Measurement.WRITE_ALLOCATE;

import dev.membound.benchmarks.host.CacheHierarchy;
import dev.membound.model.run.Residency;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * STREAM triad in single precision: two thirds of the working set are read, one third is written.
 *
 * @param workingSetBytes the three arrays, of all threads together
 */
public record TriadWorkload(Residency residency, int threads, long workingSetBytes)
    implements StreamWorkload {
  private static final int ARRAYS = 3;

  public TriadWorkload {
    ProbeBuffer.check("triad", workingSetBytes, threads, ARRAYS * TriadProbe.GRANULE_BYTES);
  }

  /**
   * Sized for a level of this hierarchy.
   *
   * @return empty where the level does not exist or its size is unknown
   */
  public static Optional<TriadWorkload> at(
      Residency residency, int threads, CacheHierarchy caches) {
    OptionalLong bytes = caches.workingSetBytes(residency, threads);
    return bytes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new TriadWorkload(
                residency, threads, threeArrays(residency, threads, bytes.getAsLong())));
  }

  /** In DRAM each array is as large as one of copy's; inside a cache all three must fit. */
  private static long threeArrays(Residency residency, int threads, long bytes) {
    long granule = ARRAYS * TriadProbe.GRANULE_BYTES * threads;
    return (residency == Residency.DRAM ? ARRAYS * bytes / 2 : bytes) / granule * granule;
  }

  long arrayBytes() {
    return workingSetBytes / ARRAYS;
  }

  @Override
  public Class<?> benchmark() {
    return TriadBenchmark.class;
  }

  @Override
  public String kernel() {
    return "triad";
  }

  @Override
  public String format() {
    return "F32";
  }

  @Override
  public Map<String, Long> bytes() {
    return Map.of(
        "read",
        2 * arrayBytes() * passes(),
        "write",
        arrayBytes() * passes(),
        WRITE_ALLOCATE,
        arrayBytes() * passes());
  }

  @Override
  public long flops() {
    return 2 * (arrayBytes() / Float.BYTES) * passes();
  }
}
