package dev.membound.kernels;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Measures heap allocation of kernel calls on the calling thread. */
public final class Allocation {
  private static final long PATIENCE_NANOS = 60_000_000_000L;
  private static final int CALLS = 50;

  private Allocation() {}

  /**
   * Bytes that a call allocates once it is compiled: interpreted vector code allocates its vectors.
   * Calls until a batch allocates nothing, or for a minute; then what the last batch allocated.
   */
  public static long settledBytesPerCall(Runnable call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    long allocated;
    do {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        call.run();
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    } while (allocated > 0 && System.nanoTime() < deadline);
    return allocated / CALLS;
  }
}
