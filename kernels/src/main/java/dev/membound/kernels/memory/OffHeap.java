package dev.membound.kernels.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Off-heap allocation for weights, KV caches and indices.
 *
 * <p>Segments of {@value #HUGE_PAGE_BYTES} bytes or more are mapped on a huge-page boundary and
 * advised before their first touch: {@link Arena#allocate} would zero them first, which commits 4
 * KiB pages that a later advice cannot merge. Smaller ones come from the arena, aligned to a cache
 * line. All are zero-filled.
 */
public final class OffHeap {
  /** Alignment of every segment: one cache line, and one 512-bit vector. */
  public static final long CACHE_LINE_BYTES = 64;

  /** Size and alignment of a transparent huge page on x86-64 and AArch64 Linux. */
  public static final long HUGE_PAGE_BYTES = 2L << 20;

  private OffHeap() {}

  /**
   * Allocates zero-filled memory that lives as long as {@code arena}.
   *
   * @param bytes size, at least 0
   * @throws IllegalArgumentException if {@code bytes} is negative
   * @throws OutOfMemoryError if the operating system refuses the mapping
   */
  public static MemorySegment allocate(Arena arena, long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("cannot allocate " + bytes + " bytes");
    }
    if (bytes >= HUGE_PAGE_BYTES && LinuxMemory.isAvailable()) {
      return LinuxMemory.map(arena, bytes);
    }
    return arena.allocate(Math.max(bytes, 1), CACHE_LINE_BYTES).asSlice(0, bytes);
  }
}
