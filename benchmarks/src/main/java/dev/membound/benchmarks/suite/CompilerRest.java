package dev.membound.benchmarks.suite;

import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Lets the JIT compilers finish what was asked of them. What runs between two samples (reading
 * {@code /proc}, sending a result to the JVM that started the fork) is young code: compilers got it
 * as the next sample began, and one sample in five was called disturbed for it.
 */
public final class CompilerRest {
  private static final long MOST_NANOS = 100_000_000;
  private static final long LOOK_MILLIS = 3;
  private static final long QUIET_NANOS = 200_000;
  private static final int QUIET_LOOKS = 2;

  private CompilerRest() {}

  /**
   * Waits until the compilers have rested for about 6 ms, 0.1 s at most: a longer compilation is no
   * bookkeeping, and disturbs the sample that it runs into. Where nothing tells how long compilers
   * worked it waits 6 ms.
   */
  public static void await() {
    List<Path> compilers = CompilerTime.compilers();
    await(() -> CompilerTime.ofCompilersNanos(compilers), MOST_NANOS);
  }

  /**
   * As the other.
   *
   * @param worked what the compilers have worked so far, in nanoseconds
   * @return whether they rest
   */
  static boolean await(LongSupplier worked, long mostNanos) {
    long start = System.nanoTime();
    long before = worked.getAsLong();
    int quiet = 0;
    while (quiet < QUIET_LOOKS) {
      if (System.nanoTime() - start >= mostNanos) {
        return false;
      }
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      long now = worked.getAsLong();
      quiet = now - before < QUIET_NANOS ? quiet + 1 : 0;
      before = now;
    }
    return true;
  }
}
