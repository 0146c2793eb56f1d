package dev.membound.kernels.memory;

import java.lang.foreign.MemorySegment;

/**
 * Native memory by absolute address, for loops whose caller has checked the bounds once.
 *
 * <p>A load from a {@link MemorySegment} of unknown size carries a check of its own, and C2 splits
 * every loop that holds one to hoist it: some 60 scalar instructions a block of weights. From a
 * constant segment as long as the address space, at an address that is {@linkplain #within within}
 * it plus a small constant, the compiler proves the check away.
 *
 * <p>Nothing stops a read beyond the memory, or after it was freed. So a kernel that uses this
 * takes its addresses from {@link #of}, and stays inside a layout whose size the segment has.
 */
public final class NativeAddress {
  /** All memory: an offset is an address. */
  public static final MemorySegment SPACE = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /** More than any x86-64 or AArch64 user address has, and room for offsets above. */
  private static final long BITS = (1L << 57) - 1;

  /** More than any distance between two rows of a matrix. */
  private static final long DISTANCE_BITS = (1L << 50) - 1;

  private NativeAddress() {}

  /**
   * Where a segment starts.
   *
   * @throws IllegalArgumentException if it lies on the heap, where it may move
   * @throws IllegalStateException if its arena is closed; to close it during the call that reads it
   *     crashes the JVM
   */
  public static long of(MemorySegment segment) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException(
          "the kernels read off-heap memory, not an array: allocate it with OffHeap.allocate");
    }
    if (!segment.scope().isAlive()) {
      throw new IllegalStateException("the memory's arena is closed");
    }
    return segment.address();
  }

  /** The same address, in a form from which the compiler sees that it is one. */
  public static long within(long address) {
    return address & BITS;
  }

  /**
   * The same distance, in a form from which the compiler sees that an address {@linkplain #within
   * within} the space is still one so much further on. Computed before a loop, it leaves an
   * addition of the check.
   */
  public static long distance(long bytes) {
    return bytes & DISTANCE_BITS;
  }
}
