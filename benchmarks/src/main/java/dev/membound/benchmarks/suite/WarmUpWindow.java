package dev.membound.benchmarks.suite;

/**
 * What one window of a warm-up saw.
 *
 * @param calls of the kernel
 * @param callerNanos CPU time of the thread that called
 * @param compilerNanos CPU time that the virtual machine's own threads used, and time that the
 *     compilers among them waited for a core
 * @param allocatedBytes heap that the kernel's threads allocated
 */
record WarmUpWindow(long calls, long callerNanos, long compilerNanos, long allocatedBytes) {
  /** CPU time of the caller that makes a window. */
  static final long CALLER_NANOS = 100_000_000L;

  /** A window with less is none: on a core that others hold, compilers get as little. */
  static final long LEAST_CALLER_NANOS = CALLER_NANOS / 100 * 95;

  private static final long QUIET_NANOS = CALLER_NANOS / 5; // of clocks that may tick every 10 ms

  /**
   * Whether the compilers had nothing to do, and nothing was left for them: vector code allocates
   * until C2 has compiled it.
   *
   * @param mayAllocate whether the kernel allocates by itself
   */
  boolean quiet(boolean mayAllocate) {
    return callerNanos >= LEAST_CALLER_NANOS
        && compilerNanos < QUIET_NANOS
        && (mayAllocate || allocatedBytes <= calls * DisturbanceRule.MOST_BYTES_PER_CALL);
  }
}
