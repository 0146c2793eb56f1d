package dev.membound.kernels.memory;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/** {@code mmap}, {@code munmap} and {@code madvise} of Linux through the foreign function API. */
final class LinuxMemory {
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_HUGEPAGE = 14;
  private static final long MAP_FAILED = -1;

  private static final MethodHandle MMAP;
  private static final MethodHandle MUNMAP;
  private static final MethodHandle MADVISE;

  static {
    MethodHandle mmap = null;
    MethodHandle munmap = null;
    MethodHandle madvise = null;
    if (System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      try {
        mmap =
            bind(
                "mmap",
                FunctionDescriptor.of(
                    ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
        munmap = bind("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
        madvise = bind("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
      } catch (RuntimeException e) {
        mmap = null; // native access refused or no such symbol: the arena's own allocation serves
      }
    }
    MMAP = mmap;
    MUNMAP = munmap;
    MADVISE = madvise;
  }

  private LinuxMemory() {}

  static boolean isAvailable() {
    return MMAP != null && MUNMAP != null && MADVISE != null;
  }

  static MemorySegment map(Arena arena, long bytes) {
    long mapped = Math.addExact(bytes, OffHeap.HUGE_PAGE_BYTES);
    MemorySegment base = mmap(mapped);
    if (base.address() == MAP_FAILED) {
      throw new OutOfMemoryError("the operating system refused to map " + bytes + " bytes");
    }
    long address = base.address();
    long aligned = Math.ceilDiv(address, OffHeap.HUGE_PAGE_BYTES) * OffHeap.HUGE_PAGE_BYTES;
    MemorySegment whole =
        base.reinterpret(mapped, arena, unused -> munmap(MemorySegment.ofAddress(address), mapped));
    MemorySegment segment = whole.asSlice(aligned - address, bytes, OffHeap.HUGE_PAGE_BYTES);
    HugePages.record(HugePages.isWanted() ? madviseHugePages(segment) : HugePages.Status.OFF);
    return segment;
  }

  private static HugePages.Status madviseHugePages(MemorySegment segment) {
    try {
      int result = (int) MADVISE.invokeExact(segment, segment.byteSize(), MADV_HUGEPAGE);
      return result == 0 ? HugePages.Status.ADVISED : HugePages.Status.REFUSED;
    } catch (Throwable t) {
      throw new AssertionError("madvise cannot throw", t);
    }
  }

  private static MemorySegment mmap(long bytes) {
    try {
      return (MemorySegment)
          MMAP.invokeExact(
              MemorySegment.NULL, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
    } catch (Throwable t) {
      throw new AssertionError("mmap cannot throw", t);
    }
  }

  private static void munmap(MemorySegment base, long bytes) {
    try {
      int unused = (int) MUNMAP.invokeExact(base, bytes);
    } catch (Throwable t) {
      throw new AssertionError("munmap cannot throw", t);
    }
  }

  private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
  }
}
