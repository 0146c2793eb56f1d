package dev.membound.benchmarks.suite;

import com.sun.management.OperatingSystemMXBean;
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

  private static final long LEAST_NANOS = 700_000_000L;
  private static final long MOST_NANOS = 20_000_000_000L;
  private static final long WINDOW_NANOS = 100_000_000L;
  private static final long QUIET_NANOS = WINDOW_NANOS / 5; // of clocks that may tick every 10 ms
  private static final int QUIET_WINDOWS = 3;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private WarmUp() {}

  /**
   * Calls {@code kernel} for at least 0.7 s and until the compilers have rested for 0.3 s; 20 s at
   * most. JMH's own warm-up iterations follow.
   */
  public static void untilCompiled(Runnable kernel) {
    if ("off".equals(System.getProperty(PROPERTY))) {
      kernel.run();
      return;
    }
    long start = System.nanoTime();
    int quiet = 0;
    while (System.nanoTime() - start < MOST_NANOS
        && (quiet < QUIET_WINDOWS || System.nanoTime() - start < LEAST_NANOS)) {
      long before = virtualMachineNanos();
      runFor(kernel, WINDOW_NANOS);
      quiet = virtualMachineNanos() - before < QUIET_NANOS ? quiet + 1 : 0;
    }
  }

  /**
   * CPU time of the process that is not that of Java threads. The compilers' own figure says
   * nothing of a compilation before its end.
   */
  private static long virtualMachineNanos() {
    long javaThreads = 0;
    for (long id : THREADS.getAllThreadIds()) {
      javaThreads += Math.max(0, THREADS.getThreadCpuTime(id));
    }
    return PROCESS.getProcessCpuTime() - javaThreads;
  }

  private static void runFor(Runnable kernel, long nanos) {
    long start = System.nanoTime();
    do {
      kernel.run();
    } while (System.nanoTime() - start < nanos);
  }
}
