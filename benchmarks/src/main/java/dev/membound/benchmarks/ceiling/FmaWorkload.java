package dev.membound.benchmarks.ceiling;

import dev.membound.benchmarks.suite.Workload;
import dev.membound.model.run.Residency;
import java.util.Map;

/**
 * Peak single-precision multiply-adds from registers.
 *
 * @param vectorBits vector width of the measuring JVMs, which need not be this one
 */
public record FmaWorkload(int threads, int vectorBits) implements Workload {
  public FmaWorkload {
    if (threads < 1) {
      throw new IllegalArgumentException("fma: at least 1 thread, not " + threads);
    }
  }

  /** Multiply-adds of each accumulator in a call; the lanes' sum stays exact in a float. */
  static final int TURNS = 1 << 14;

  @Override
  public Class<?> benchmark() {
    return FmaBenchmark.class;
  }

  @Override
  public Map<String, String> params() {
    return Map.of("threads", Integer.toString(threads));
  }

  @Override
  public String kernel() {
    return "fma";
  }

  @Override
  public String format() {
    return "F32";
  }

  @Override
  public String layout() {
    return "REGISTERS";
  }

  @Override
  public Map<String, Long> shape() {
    return Map.of("vectorBits", (long) vectorBits);
  }

  @Override
  public int batch() {
    return 1;
  }

  @Override
  public Residency residency() {
    return Residency.L1;
  }

  @Override
  public long workingSetBytes() {
    return 0;
  }

  @Override
  public Map<String, Long> bytes() {
    return Map.of();
  }

  @Override
  public long flops() {
    return 2L * FmaProbe.ACCUMULATORS * (vectorBits / Float.SIZE) * TURNS * threads;
  }
}
