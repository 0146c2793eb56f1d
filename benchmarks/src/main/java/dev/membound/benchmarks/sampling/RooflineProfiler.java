package dev.membound.benchmarks.sampling;

import dev.membound.benchmarks.ceiling.FmaProbe;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.WarmUp;
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
 * larger share says what bounds it. A share is left out where the probes around the iteration do
 * not allow one, see {@link RooflineShare}. {@code ./membound bench --roofline} switches it on.
 */
public final class RooflineProfiler implements InternalProfiler {
  private static final long FMA_NANOSECONDS = 20_000_000;

  private final PairedCeilingProfiler read = new PairedCeilingProfiler();
  private MeasuredKernel kernel;
  private FmaProbe fma;
  private double fmaFlopsPerSecond = Double.NaN;

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
    double before = fmaFlopsPerSecond;
    if (current != kernel) {
      before = Double.NaN;
      kernel = current;
      fma = new FmaProbe(current.team());
      // The fastest batch of too short a time may still be interpreted: shares of 38 came of it.
      kernel.onTeam(
          () -> {
            WarmUp.untilCompiled(() -> fma.flopsPerSecond(0));
            return null;
          });
    }
    fmaFlopsPerSecond = kernel.onTeam(() -> fma.flopsPerSecond(FMA_NANOSECONDS));
    if (iteration.getType() != IterationType.MEASUREMENT) {
      return results;
    }
    double flops = counters.get("flops").getScore();
    double bytes = counters.get("bytes").getScore();
    results.add(ratio("flopsPerByte", flops / bytes));
    RooflineShare.of(flops, before, fmaFlopsPerSecond)
        .ifPresent(share -> results.add(new SometimesResult("shareOfFmaPeak", share)));
    if (score(results, SampleMetrics.READ_CEILING_COMPILED) == 1) {
      RooflineShare.ofMean(
              bytes,
              score(results, SampleMetrics.READ_CEILING_BYTES_PER_SECOND),
              score(results, SampleMetrics.READ_CEILING_DRIFT))
          .ifPresent(share -> results.add(new SometimesResult("shareOfReadCeiling", share)));
    }
    return results;
  }

  /** NaN where there is none, as for kernels that stream nothing. */
  private static double score(List<Result<?>> results, String label) {
    return results.stream()
        .filter(result -> result.getLabel().equals(label))
        .mapToDouble(Result::getScore)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static ScalarResult ratio(String label, double value) {
    return new ScalarResult(label, value, "ratio", AggregationPolicy.AVG);
  }
}
