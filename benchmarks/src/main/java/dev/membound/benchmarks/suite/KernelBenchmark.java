package dev.membound.benchmarks.suite;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What every kernel benchmark has in common, so that plain JMH runs it as the suite does: one JMH
 * thread, which is worker 0 of a {@link MeasuredKernel} team; warm-up until compiled; the fork's
 * JVM arguments.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(1)
@Warmup(iterations = 1, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 150, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 3,
    jvmArgsPrepend = {
      ForkJvm.VECTOR_MODULE,
      ForkJvm.NATIVE_ACCESS,
      ForkJvm.CLASS_DATA_SHARING,
      ForkJvm.SERIAL_COLLECTOR,
      ForkJvm.SMALL_HEAP,
      ForkJvm.NO_PERF_DATA,
      ForkJvm.PINNING
    })
public abstract class KernelBenchmark {
  /** Worker threads that share a call. */
  @Param("1")
  public int threads;
}
