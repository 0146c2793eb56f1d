package dev.membound.benchmarks.ceiling;

import dev.membound.benchmarks.suite.Workload;
import dev.membound.model.run.Residency;
import java.util.Map;

/**
 * An empty task on a team: what a parallel call costs beyond its work.
 *
 * @param threads the team's size
 */
public record CallWorkload(int threads) implements Workload {
  @Override
  public Class<?> benchmark() {
    return CallBenchmark.class;
  }

  @Override
  public Map<String, String> params() {
    return Map.of("threads", Integer.toString(threads));
  }

  @Override
  public String kernel() {
    return "call";
  }

  @Override
  public String format() {
    return "NONE";
  }

  @Override
  public String layout() {
    return "EMPTY";
  }

  @Override
  public Map<String, Long> shape() {
    return Map.of();
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
    return 0;
  }
}
