package dev.membound.benchmarks.suite;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Secondary JMH results of every kernel benchmark: bytes, floating-point operations and allocated
 * bytes a second.
 */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class TrafficCounters {
  /** The name under which JMH reports {@link #allocatedBytes}, in B/s. */
  static final String ALLOCATED_BYTES = "allocatedBytes";

  /** Algorithmic bytes moved so far in this iteration; JMH reports B/s. */
  public long bytes;

  /** Floating-point operations so far in this iteration; JMH reports FLOP/s. */
  public long flops;

  /**
   * Heap that the kernel's threads allocated in this iteration: 0 in steady state. Counted right
   * around the calls, so that JMH's own allocation stays out.
   */
  public long allocatedBytes;

  private long allocatedBefore;

  @Setup(Level.Iteration)
  public void startCounting() {
    allocatedBefore = MeasuredKernel.currentAllocatedBytes();
  }

  @TearDown(Level.Iteration)
  public void stopCounting() {
    allocatedBytes = Math.max(0, MeasuredKernel.currentAllocatedBytes() - allocatedBefore);
  }

  /** Counts one call. */
  public void add(long callBytes, long callFlops) {
    bytes += callBytes;
    flops += callFlops;
  }
}
