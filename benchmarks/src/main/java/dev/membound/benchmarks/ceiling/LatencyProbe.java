package dev.membound.benchmarks.ceiling;

import dev.membound.kernels.memory.OffHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.CompilerControl;

/**
 * Latency of dependent loads: a chase through one random cycle over all cache lines of a buffer,
 * each line holding the offset of the next.
 */
final class LatencyProbe {
  private final MemorySegment lines;
  private long at;

  private LatencyProbe(MemorySegment lines) {
    this.lines = lines;
  }

  /**
   * Builds the cycle {@code order(0) → order(1) → … → order(0)}.
   *
   * @param bytes a power of two, at least one cache line
   */
  static LatencyProbe allocate(Arena arena, long bytes) {
    MemorySegment lines =
        OffHeap.allocate(arena, Math.max(bytes, OffHeap.HUGE_PAGE_BYTES)).asSlice(0, bytes);
    ScatteredOrder order = ScatteredOrder.of(bytes / OffHeap.CACHE_LINE_BYTES);
    long from = order.at(0) * OffHeap.CACHE_LINE_BYTES;
    for (long i = 1; i <= order.count(); i++) {
      long to = order.at(i) * OffHeap.CACHE_LINE_BYTES;
      lines.set(ValueLayout.JAVA_LONG_UNALIGNED, from, to);
      from = to;
    }
    return new LatencyProbe(lines);
  }

  /** Follows {@code loads} links from where the last call stopped; returns the offset reached. */
  long chase(int loads) {
    at = chase(lines, at, loads);
    return at;
  }

  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  private static long chase(MemorySegment lines, long start, int loads) {
    long offset = start;
    for (int i = 0; i < loads; i++) {
      // unaligned: the alignment check would need the loaded value too
      offset = lines.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
    }
    return offset;
  }
}
