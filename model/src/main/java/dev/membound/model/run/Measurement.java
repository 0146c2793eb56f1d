package dev.membound.model.run;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One benchmark configuration with all its samples: the record that other programs read.
 *
 * @param id unique in its file and stable between runs, for instance {@code
 *     gemv/Q8_0/FILE/cols=4096,rows=14336/b1/t1}
 * @param kernel {@code gemv}, {@code attention}, {@code topk}, {@code read}, {@code copy}, {@code
 *     triad}, {@code chunk}, {@code latency} or {@code fma}
 * @param format data format of the streamed bytes, for instance {@code Q8_0}, {@code F16}
 * @param layout {@code FILE}, {@code PACKED}, {@code PAGED} …; what the kernel family defines
 * @param activations in which arithmetic the kernel took its activations, {@code FLOAT} or {@code
 *     INT8}; null where the family has no choice
 * @param shape named sizes, for instance {@code rows}, {@code cols}, {@code context}, {@code
 *     chunkBytes}
 * @param batch vectors or sequences a call
 * @param threads worker threads that shared the call
 * @param residency level that the working set streams from
 * @param workingSetBytes distinct bytes that the samples rotate over
 * @param bytes bytes moved a call, by kind: {@code weights}, {@code kv}, {@code index}, {@code
 *     activations}, {@code read}, {@code write}, {@code writeAllocate}
 * @param flops floating-point operations a call, 2 a multiply-add; 0 for pure memory probes
 * @param samples every sample of every fork
 * @param secondsPerCall median over undisturbed samples; over all where fewer than a third are
 *     undisturbed
 * @param gigabytesPerSecond algorithmic bytes (all kinds but {@code writeAllocate}) over time, in
 *     10⁹ B/s; null for probes that move none
 * @param shareOfReadCeiling paired share of the read ceiling at the same level and threads; null
 *     where none applies
 * @param refused why this result breaks physics and must not be used; null when it is sound
 */
public record Measurement(
    String id,
    String kernel,
    String format,
    String layout,
    String activations,
    Map<String, Long> shape,
    int batch,
    int threads,
    Residency residency,
    long workingSetBytes,
    Map<String, Long> bytes,
    long flops,
    List<Sample> samples,
    Interval secondsPerCall,
    Interval gigabytesPerSecond,
    Interval shareOfReadCeiling,
    String refused) {
  public Measurement {
    Checks.text(id, "id");
    Checks.text(kernel, "kernel");
    Checks.text(format, "format");
    Checks.text(layout, "layout");
    shape = counts(shape, "shape");
    Checks.positive(batch, "batch");
    Checks.positive(threads, "threads");
    Objects.requireNonNull(residency, "residency must not be null");
    Checks.count(workingSetBytes, "workingSetBytes");
    bytes = counts(bytes, "bytes");
    Checks.count(flops, "flops");
    samples = Checks.list(samples, "samples");
  }

  /** A kernel without a choice of arithmetic. */
  public Measurement(
      String id,
      String kernel,
      String format,
      String layout,
      Map<String, Long> shape,
      int batch,
      int threads,
      Residency residency,
      long workingSetBytes,
      Map<String, Long> bytes,
      long flops,
      List<Sample> samples,
      Interval secondsPerCall,
      Interval gigabytesPerSecond,
      Interval shareOfReadCeiling,
      String refused) {
    this(
        id,
        kernel,
        format,
        layout,
        null,
        shape,
        batch,
        threads,
        residency,
        workingSetBytes,
        bytes,
        flops,
        samples,
        secondsPerCall,
        gigabytesPerSecond,
        shareOfReadCeiling,
        refused);
  }

  private static Map<String, Long> counts(Map<String, Long> values, String property) {
    Map<String, Long> sorted = Checks.sorted(values, property);
    sorted.forEach((name, value) -> Checks.count(value, property + "." + name));
    return sorted;
  }

  /**
   * The kind of bytes that only write-allocate caches move; shown, but no part of a kernel's
   * bandwidth.
   */
  public static final String WRITE_ALLOCATE = "writeAllocate";

  /** Bytes a call that the algorithm itself reads and writes. */
  public long algorithmicBytes() {
    long sum = 0;
    for (Map.Entry<String, Long> kind : bytes.entrySet()) {
      if (!kind.getKey().equals(WRITE_ALLOCATE)) {
        sum += kind.getValue();
      }
    }
    return sum;
  }

  /** The same measurement with these intervals. */
  public Measurement withIntervals(
      Interval secondsPerCall, Interval gigabytesPerSecond, Interval shareOfReadCeiling) {
    return new Measurement(
        id,
        kernel,
        format,
        layout,
        activations,
        shape,
        batch,
        threads,
        residency,
        workingSetBytes,
        bytes,
        flops,
        samples,
        secondsPerCall,
        gigabytesPerSecond,
        shareOfReadCeiling,
        refused);
  }

  /** The same measurement, refused for this reason; null takes a refusal back. */
  public Measurement withRefused(String reason) {
    return new Measurement(
        id,
        kernel,
        format,
        layout,
        activations,
        shape,
        batch,
        threads,
        residency,
        workingSetBytes,
        bytes,
        flops,
        samples,
        secondsPerCall,
        gigabytesPerSecond,
        shareOfReadCeiling,
        reason);
  }
}
