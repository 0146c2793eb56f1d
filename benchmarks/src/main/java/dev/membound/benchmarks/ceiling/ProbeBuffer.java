package dev.membound.benchmarks.ceiling;

import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Off-heap memory that every worker has first touched where it will read. */
final class ProbeBuffer {
  private ProbeBuffer() {}

  /**
   * Allocates and fills with the byte 1: untouched pages would all be the one zero page, and read
   * from cache.
   *
   * @param bytes a multiple of the team's size
   */
  static MemorySegment filled(Arena arena, WorkerTeam team, long bytes) {
    // A whole huge page even for L1 and L2: scattered 4 KiB pages would collide in the cache sets,
    // differently in every process.
    MemorySegment buffer =
        OffHeap.allocate(arena, Math.max(bytes, OffHeap.HUGE_PAGE_BYTES)).asSlice(0, bytes);
    team.run(
        (worker, workers) -> {
          long share = bytes / workers;
          buffer.asSlice(worker * share, share).fill((byte) 1);
        });
    return buffer;
  }

  /**
   * @throws IllegalArgumentException unless {@code bytes} is a positive multiple of {@code granule}
   *     for each of {@code threads} threads
   */
  static void check(String kernel, long bytes, int threads, long granule) {
    if (threads < 1) {
      throw new IllegalArgumentException(kernel + ": at least 1 thread, not " + threads);
    }
    if (bytes <= 0 || bytes % (granule * threads) != 0) {
      throw new IllegalArgumentException(
          kernel
              + ": a working set of "
              + bytes
              + " bytes is no multiple of "
              + granule
              + " bytes for each of "
              + threads
              + " threads");
    }
  }
}
