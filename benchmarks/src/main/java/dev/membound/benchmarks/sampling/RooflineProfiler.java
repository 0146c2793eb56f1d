package dev.membound.benchmarks.sampling;

import dev.membound.benchmarks.ceiling.FmaProbe;
import dev.membound.benchmarks.suite.MeasuredKernel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.runner.IterationType;

/**
 * Where a kernel stands under the roofline: FLOP a byte, and its shares of the read bandwidth and
 * of the multiply-add peak that are measured beside every iteration, on the kernel's own team. The
 * larger share says what bounds it. {@code ./membound bench --roofline} switches it on.
 */
public final class RooflineProfiler implements InternalProfiler {
  private static final long FMA_NANOSECONDS = 20_000_000;

  private final PairedCeilingProfiler read = new PairedCeilingProfiler();
  private MeasuredKernel kernel;
  private FmaProbe fma;

  @Override
  public String getDescription() {
    return "Membound: FLOP a byte, shares of the read ceiling and of the FMA peak";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    read.beforeIteration(benchmark, iteration);
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    List<Result<?>> results = new ArrayList<>(read.afterIteration(benchmark, iteration, result));
    MeasuredKernel current = MeasuredKernel.current().orElse(null);
    Map<String, Result> counters = result.getSecondaryResults();
    if (current == null || !counters.containsKey("flops")) {
      return results;
    }
    if (current != kernel) {
      kernel = current;
      fma = new FmaProbe(current.team());
      flopsPerSecond(10 * FMA_NANOSECONDS); // compiles
    }
    if (iteration.getType() != IterationType.MEASUREMENT) {
      return results;
    }
    double flops = counters.get("flops").getScore();
    double bytes = counters.get("bytes").getScore();
    results.add(ratio("flopsPerByte", flops / bytes));
    results.add(ratio("shareOfFmaPeak", flops / flopsPerSecond(FMA_NANOSECONDS)));
    results.stream()
        .filter(r -> r.getLabel().equals(SampleMetrics.READ_CEILING_BYTES_PER_SECOND))
        .findFirst()
        .ifPresent(ceiling -> results.add(ratio("shareOfReadCeiling", bytes / ceiling.getScore())));
    return results;
  }

  private double flopsPerSecond(long nanoseconds) {
    return kernel.onTeam(() -> fma.flopsPerSecond(nanoseconds));
  }

  private static ScalarResult ratio(String label, double value) {
    return new ScalarResult(label, value, "ratio", AggregationPolicy.AVG);
  }
}
