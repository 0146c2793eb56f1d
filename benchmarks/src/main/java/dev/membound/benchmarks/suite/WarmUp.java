package dev.membound.benchmarks.suite;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;

/**
 * Runs a kernel until the JIT compilers have done with it. A fixed time is not enough: compiling
 * the larger kernels takes C2 from half a second to several, and a sample before its end measures
 * the interpreter.
 */
public final class WarmUp {
  /** {@code -Dmembound.warmup=off} skips it, for runs whose numbers do not matter. */
  static final String PROPERTY = "membound.warmup";

  private static final long LEAST_NANOS = 700_000_000L;
  private static final long MOST_NANOS = 10_000_000_000L;
  private static final long WINDOW_NANOS = 100_000_000L;
  private static final long QUIET_MILLISECONDS = 5;
  private static final int QUIET_WINDOWS = 2;

  private WarmUp() {}

  /**
   * Calls {@code kernel} for at least 0.7 s and until the compilers have rested for 0.2 s; 10 s at
   * most. JMH's own warm-up iterations follow.
   */
  public static void untilCompiled(Runnable kernel) {
    if ("off".equals(System.getProperty(PROPERTY))) {
      kernel.run();
      return;
    }
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    if (compiler == null || !compiler.isCompilationTimeMonitoringSupported()) {
      runFor(kernel, 2 * LEAST_NANOS);
      return;
    }
    long start = System.nanoTime();
    int quiet = 0;
    while (System.nanoTime() - start < MOST_NANOS
        && (quiet < QUIET_WINDOWS || System.nanoTime() - start < LEAST_NANOS)) {
      long before = compiler.getTotalCompilationTime();
      runFor(kernel, WINDOW_NANOS);
      quiet = compiler.getTotalCompilationTime() - before < QUIET_MILLISECONDS ? quiet + 1 : 0;
    }
  }

  private static void runFor(Runnable kernel, long nanos) {
    long start = System.nanoTime();
    do {
      kernel.run();
    } while (System.nanoTime() - start < nanos);
  }
}
