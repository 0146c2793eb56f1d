package dev.membound.benchmarks.suite;

import dev.membound.model.run.Residency;
import java.util.Map;
import java.util.Optional;

/**
 * One benchmark configuration: which JMH benchmark with which parameters, and what one call of it
 * moves and computes. Each benchmark family has its own record beside its JMH class; the JMH state
 * is built from the same parameters.
 */
public interface Workload {
  /** The JMH class that runs it. */
  Class<?> benchmark();

  /** Its method, where {@link #benchmark()} has several; empty for the only one. */
  default Optional<String> method() {
    return Optional.empty();
  }

  /** Every JMH parameter of {@link #benchmark()}, by field name. */
  Map<String, String> params();

  /**
   * Family: {@code gemv}, {@code attention}, {@code topk}, {@code read}, {@code copy}, {@code
   * triad} …
   */
  String kernel();

  /** Format of the streamed data, for instance {@code Q8_0}. */
  String format();

  /** What the family calls its memory layout, for instance {@code FILE} or {@code PACKED}. */
  String layout();

  /** Named sizes, for instance {@code rows} and {@code cols}. */
  Map<String, Long> shape();

  /** Vectors or sequences a call. */
  int batch();

  /** In which arithmetic activations are multiplied, where the family has a choice. */
  default Optional<String> activations() {
    return Optional.empty();
  }

  /** What tells it from the usual workload that is like it in all else; empty for the usual one. */
  default Optional<String> variant() {
    return Optional.empty();
  }

  /** Worker threads that share a call. */
  int threads();

  /** Level that the working set streams from. */
  Residency residency();

  /** Distinct bytes that successive calls rotate over. */
  long workingSetBytes();

  /** Memory that its data takes, more than the working set where calls leave parts alone. */
  default long memoryBytes() {
    return workingSetBytes();
  }

  /** Bytes a call, by kind; see {@link dev.membound.model.run.Measurement#bytes()}. */
  Map<String, Long> bytes();

  /** Floating-point operations a call; 0 for pure memory probes. */
  long flops();

  /**
   * Whether its calls allocate heap by themselves, as those of other libraries may. In ours that is
   * a sign of code not yet compiled.
   */
  default boolean allocates() {
    return false;
  }
}
