package dev.membound.benchmarks.sampling;

import dev.membound.benchmarks.ceiling.ReadProbe;
import dev.membound.benchmarks.ceiling.ReadShape;
import dev.membound.benchmarks.host.HostProbe;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.model.run.Residency;
import java.lang.foreign.Arena;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.runner.IterationType;

/**
 * Measures the read bandwidth right before and after every iteration, on the kernel's own team,
 * each worker on its processor, and with a working set of the same size: {@link
 * SampleMetrics#READ_CEILING_BYTES_PER_SECOND}, the mean of both sides, each the median of its
 * batches. A machine whose bandwidth changes between states then still gives a meaningful share of
 * the ceiling.
 *
 * <p>The probe runs outside of the timed window. It leaves its own data in the caches, so the first
 * calls of an iteration reload the kernel's: at most a cache's size over the bandwidth of the level
 * behind, well under 1 % of a 100 ms iteration. One side's probe serves the next iteration too when
 * that follows at once. The shapes compile during the first warm-up iteration, on another thread.
 */
public final class PairedCeilingProfiler implements InternalProfiler {
  private static final long TRIAL_NANOSECONDS = 10_000_000;
  private static final long PROBE_NANOSECONDS = 30_000_000;
  private static final long STILL_FRESH_NANOSECONDS = 20_000_000;

  private Thread compiling;
  private Arena arena;
  private MeasuredKernel kernel;
  private ReadProbe probe;
  private ReadShape shape;
  private double before;
  private double last;
  private long lastNanoTime;
  private boolean compiled;

  @Override
  public String getDescription() {
    return "Membound: read bandwidth right before and after each iteration";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    if (compiling == null) {
      compiling =
          Thread.ofPlatform()
              .daemon()
              .name("membound-compile-probes")
              .start(ReadProbe::compileShapes);
    }
    before = Double.NaN;
    if (iteration.getType() == IterationType.MEASUREMENT && isPrepared()) {
      boolean fresh = System.nanoTime() - lastNanoTime < STILL_FRESH_NANOSECONDS;
      before = fresh ? last : measure();
    }
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    if (!isPrepared()) {
      MeasuredKernel.current().filter(k -> k.workingSetBytes() > 0).ifPresent(this::prepare);
    }
    if (iteration.getType() != IterationType.MEASUREMENT || !isPrepared()) {
      return List.of();
    }
    double after = measure();
    double first = Double.isNaN(before) ? after : before;
    double drift = Math.max(first, after) / Math.min(first, after) - 1;
    return List.of(
        new ScalarResult(
            SampleMetrics.READ_CEILING_BYTES_PER_SECOND,
            (first + after) / 2,
            "B/s",
            AggregationPolicy.AVG),
        new ScalarResult(SampleMetrics.READ_CEILING_DRIFT, drift, "ratio", AggregationPolicy.AVG),
        new ScalarResult(
            SampleMetrics.READ_CEILING_COMPILED, compiled ? 1 : 0, "", AggregationPolicy.MIN));
  }

  private boolean isPrepared() {
    return probe != null && kernel == MeasuredKernel.current().orElse(null);
  }

  private void prepare(MeasuredKernel kernel) {
    awaitCompilation();
    compiled = ReadProbe.compileShapes(); // goes on, if the other thread gave up
    if (!compiled) {
      System.out.println(ReadProbe.NOT_COMPILED);
    }
    this.kernel = kernel;
    if (arena != null) {
      arena.close();
    }
    // Shared, as the benchmarks' own: a second kind of arena would pollute the type profiles of the
    // access methods that the kernel and the probe have in common.
    arena = Arena.ofShared();
    probe = kernel.onTeam(() -> ReadProbe.allocate(arena, kernel.team(), probeBytes(kernel)));
    shape = kernel.onTeam(() -> probe.fastestShape(TRIAL_NANOSECONDS));
    measure(); // The first one in the chosen shape was seen at half the speed of the next.
    lastNanoTime = System.nanoTime() - STILL_FRESH_NANOSECONDS;
  }

  private double measure() {
    last = kernel.onTeam(() -> probe.bytesPerSecond(shape, PROBE_NANOSECONDS));
    lastNanoTime = System.nanoTime();
    return last;
  }

  /** The kernel's own size, in whole granules; no more than DRAM needs, which is as good. */
  private static long probeBytes(MeasuredKernel kernel) {
    int threads = kernel.team().size();
    long bytes = kernel.workingSetBytes();
    if (kernel.residency() == Residency.DRAM) {
      long enough =
          HostProbe.ofThisMachine().caches().workingSetBytes(Residency.DRAM, threads).orElse(bytes);
      bytes = Math.min(bytes, enough);
    }
    long granule = ReadShape.GRANULE_BYTES * threads;
    return Math.ceilDiv(bytes, granule) * granule;
  }

  private void awaitCompilation() {
    try {
      compiling.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
