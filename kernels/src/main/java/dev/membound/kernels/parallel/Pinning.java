package dev.membound.kernels.parallel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Binds the calling thread to one of the processors that the process may use, through Linux's
 * {@code sched_setaffinity}. Without it the scheduler may leave two workers on one processor for
 * seconds while another idles.
 *
 * <p>Off unless {@code -Dmembound.pinning=on}: a library must not bind its user's threads.
 * Elsewhere, or where native access is refused, nothing happens.
 */
public final class Pinning {
  /** The property that turns it on. */
  public static final String PROPERTY = "membound.pinning";

  private static final int MASK_BYTES = 1024 / Byte.SIZE;
  private static final int THIS_THREAD = 0;

  private static final MethodHandle SET;
  private static final MethodHandle GET;
  private static final int[] PROCESSORS;

  static {
    MethodHandle set = null;
    MethodHandle get = null;
    int[] processors = {};
    if ("on".equalsIgnoreCase(System.getProperty(PROPERTY))
        && System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      try {
        set = bind("sched_setaffinity");
        get = bind("sched_getaffinity");
        processors = allowed(get);
      } catch (RuntimeException e) {
        set = null; // no such function, or native access refused
      }
    }
    SET = set;
    GET = get;
    PROCESSORS = processors;
  }

  private Pinning() {}

  /** Whether workers of a team are bound. */
  public static boolean isOn() {
    return SET != null && PROCESSORS.length > 0;
  }

  /** Binds the calling thread to the processor of a worker, round robin over those allowed. */
  static void pinTo(int worker) {
    if (!isOn()) {
      return;
    }
    allow(PROCESSORS[worker % PROCESSORS.length]);
  }

  /**
   * Does {@code work} on the calling thread, bound to the processor of a worker meanwhile: for a
   * thread that stands in for the one that a team was started from, who may be bound to the
   * processor of another worker, or to none. Afterwards the thread may use the processors that it
   * could use before.
   *
   * @param worker whose processor to use
   * @return what {@code work} gives
   */
  public static <T> T asWorker(int worker, Supplier<T> work) {
    if (!isOn()) {
      return work.get();
    }
    int[] before = allowed(GET);
    pinTo(worker);
    try {
      return work.get();
    } finally {
      allow(before);
    }
  }

  private static void allow(int... processors) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
      for (int processor : processors) {
        long offset = processor / Long.SIZE * (long) Long.BYTES;
        mask.set(JAVA_LONG, offset, mask.get(JAVA_LONG, offset) | 1L << processor);
      }
      int unused = (int) SET.invokeExact(THIS_THREAD, (long) MASK_BYTES, mask);
    } catch (Throwable t) {
      throw new AssertionError("sched_setaffinity cannot throw", t);
    }
  }

  private static int[] allowed(MethodHandle get) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
      int result = (int) get.invokeExact(THIS_THREAD, (long) MASK_BYTES, mask);
      if (result < 0) {
        return new int[0];
      }
      return BitSet.valueOf(mask.asByteBuffer()).stream().toArray();
    } catch (Throwable t) {
      throw new AssertionError("sched_getaffinity cannot throw", t);
    }
  }

  private static MethodHandle bind(String name) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
  }
}
