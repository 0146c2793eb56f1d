package dev.membound.benchmarks.suite;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Secondary JMH results of every kernel benchmark: bytes and floating-point operations a second.
 */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class TrafficCounters {
  /** Algorithmic bytes moved so far in this iteration; JMH reports B/s. */
  public long bytes;

  /** Floating-point operations so far in this iteration; JMH reports FLOP/s. */
  public long flops;

  /** Counts one call. */
  public void add(long callBytes, long callFlops) {
    bytes += callBytes;
    flops += callFlops;
  }
}
