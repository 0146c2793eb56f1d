package dev.membound.benchmarks.suite;

import dev.membound.kernels.provider.KernelProvider;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Runs a kernel until the JIT compilers have done with it. A fixed time is not enough: compiling
 * the larger kernels takes C2 from half a second to several, and a sample before its end measures
 * the interpreter.
 */
public final class WarmUp {
  /** {@code -Dmembound.warmup=off} skips it, for runs whose numbers do not matter. */
  static final String PROPERTY = "membound.warmup";

  /** For people, where a warm-up has given up. */
  static final String NOT_SETTLED =
      "the warm-up gave up after 20 s: the JIT compilers still worked, or the kernel still"
          + " allocated, so times may be too long";

  private static final int LEAST_WINDOWS = 7;
  private static final int QUIET_WINDOWS = 3;
  private static final long MOST_NANOS = 20_000_000_000L;
  private static final long MOST_WINDOW_NANOS = 5 * WarmUpWindow.CALLER_NANOS;
  private static final long LEAST_RUN_NANOS = 5_000_000L;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static volatile boolean settled = true;

  private WarmUp() {}

  /** Whether every warm-up of this process ended because there was nothing left to compile. */
  public static boolean settled() {
    return settled;
  }

  /**
   * Calls {@code kernel} for at least 0.7 s of CPU time and until, for 0.3 s of it, the compilers
   * have rested and a call has allocated no more than 1 KB; 20 s at most, which {@link #settled}
   * tells. JMH's own warm-up iterations follow.
   */
  public static void untilCompiled(Runnable kernel) {
    // The scalar reference has no vectors to compile away, and may allocate as it likes.
    run(kernel, !KernelProvider.current().isVectorised());
  }

  /** As {@link #untilCompiled}, for a kernel of others, whose calls may allocate for good. */
  public static void untilCompilersRest(Runnable kernel) {
    run(kernel, true);
  }

  private static void run(Runnable kernel, boolean mayAllocate) {
    if ("off".equals(System.getProperty(PROPERTY))) {
      kernel.run();
      return;
    }
    if (!settles(kernel, mayAllocate, MOST_NANOS)) {
      settled = false;
      System.out.println(NOT_SETTLED);
    }
  }

  static boolean settles(Runnable kernel, boolean mayAllocate, long mostNanos) {
    long start = System.nanoTime();
    int quiet = 0;
    for (int windows = 0; quiet < QUIET_WINDOWS || windows < LEAST_WINDOWS; windows++) {
      if (System.nanoTime() - start >= mostNanos) {
        return false;
      }
      quiet = window(kernel).quiet(mayAllocate) ? quiet + 1 : 0;
    }
    return true;
  }

  /** Lasts until the caller has had its CPU time; longer than that in all by the wait for it. */
  private static WarmUpWindow window(Runnable kernel) {
    long compilers = CompilerTime.nanos();
    long allocated = MeasuredKernel.currentAllocatedBytes(Thread.currentThread());
    long start = System.nanoTime();
    long cpuStart = cpuNanos();
    long cpu = 0;
    long calls = 0;
    do {
      calls += runFor(kernel, Math.max(LEAST_RUN_NANOS, WarmUpWindow.CALLER_NANOS - cpu));
      cpu = cpuNanos() - cpuStart;
    } while (cpu < WarmUpWindow.LEAST_CALLER_NANOS
        && System.nanoTime() - start < MOST_WINDOW_NANOS);
    allocated = MeasuredKernel.currentAllocatedBytes(Thread.currentThread()) - allocated;
    return new WarmUpWindow(calls, cpu, CompilerTime.nanos() - compilers, allocated);
  }

  /** CPU time of the calling thread; wall time where the JVM cannot tell. */
  private static long cpuNanos() {
    return THREADS.isCurrentThreadCpuTimeSupported()
        ? THREADS.getCurrentThreadCpuTime()
        : System.nanoTime();
  }

  private static long runFor(Runnable kernel, long nanos) {
    long start = System.nanoTime();
    long calls = 0;
    do {
      kernel.run();
      calls++;
    } while (System.nanoTime() - start < nanos);
    return calls;
  }
}
