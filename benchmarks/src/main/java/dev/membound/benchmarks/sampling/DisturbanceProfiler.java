package dev.membound.benchmarks.sampling;

import dev.membound.benchmarks.host.CpuTimes;
import dev.membound.benchmarks.suite.CompilerRest;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.WarmUp;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Tells of every iteration whether the kernel's threads had their cores to themselves: {@link
 * SampleMetrics#CPU_OVER_WALL}, {@link SampleMetrics#STEAL_FRACTION}, {@link
 * SampleMetrics#JIT_MILLISECONDS}, {@link SampleMetrics#RUN_DELAY_SECONDS}, {@link
 * SampleMetrics#WARM_UP_SETTLED}.
 *
 * <p>It opens once the JIT compilers {@linkplain CompilerRest rest}. The window is JMH's iteration
 * with the hand-over to its worker thread on both sides, a fraction of a millisecond. {@code
 * cpuOverWall} is left out for iterations whose {@linkplain MeasuredKernel kernel} was not yet
 * known at their start, as in the first warm-up. A kernel with long single-threaded parts lets its
 * helpers park, and shows less than 1 by its own doing.
 */
public final class DisturbanceProfiler implements InternalProfiler {
  private static final CompilationMXBean COMPILATION = ManagementFactory.getCompilationMXBean();

  private MeasuredKernel kernel;
  private long cpuNanoseconds;
  private long wallNanoseconds;
  private long jitMilliseconds;
  private long runDelayNanoseconds;
  private CpuTimes machine;

  @Override
  public String getDescription() {
    return "Membound: CPU over wall time, steal, JIT activity and run delay of each iteration";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    CompilerRest.await();
    runDelayNanoseconds = RunDelay.nanoseconds();
    machine = CpuTimes.now();
    jitMilliseconds = jitMilliseconds();
    kernel = MeasuredKernel.current().orElse(null);
    cpuNanoseconds = kernel == null ? -1 : kernel.cpuNanoseconds();
    wallNanoseconds = System.nanoTime();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long wall = System.nanoTime() - wallNanoseconds;
    List<Result<?>> results = new ArrayList<>();
    if (cpuNanoseconds >= 0 && kernel == MeasuredKernel.current().orElse(null)) {
      long cpu = kernel.cpuNanoseconds();
      if (cpu >= 0) {
        double available = (double) wall * kernel.team().size();
        results.add(
            scalar(SampleMetrics.CPU_OVER_WALL, (cpu - cpuNanoseconds) / available, "ratio"));
      }
    }
    // before what follows, which gives the compilers work
    results.add(scalar(SampleMetrics.JIT_MILLISECONDS, jitMilliseconds() - jitMilliseconds, "ms"));
    double steal = CpuTimes.now().stealFractionSince(machine);
    results.add(scalar(SampleMetrics.STEAL_FRACTION, steal, "ratio"));
    double delay = Math.max(0, RunDelay.nanoseconds() - runDelayNanoseconds) * 1e-9;
    results.add(scalar(SampleMetrics.RUN_DELAY_SECONDS, delay, "s"));
    results.add(
        new ScalarResult(
            SampleMetrics.WARM_UP_SETTLED, WarmUp.settled() ? 1 : 0, "", AggregationPolicy.MIN));
    return results;
  }

  private static long jitMilliseconds() {
    return COMPILATION != null && COMPILATION.isCompilationTimeMonitoringSupported()
        ? COMPILATION.getTotalCompilationTime()
        : 0;
  }

  private static ScalarResult scalar(String name, double value, String unit) {
    return new ScalarResult(name, value, unit, AggregationPolicy.AVG);
  }
}
