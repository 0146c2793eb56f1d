package dev.membound.benchmarks.host;

import dev.membound.model.run.Residency;

/** Sizes a kernel's working set where its JMH parameters leave that to the machine. */
public final class WorkingSetSize {
  /**
   * Of the free memory: key scoring and the sparse step take twice their working set, the read
   * probe beside them once more.
   */
  private static final int MEMORY_SHARE = 4;

  private WorkingSetSize() {}

  /**
   * The bytes asked for; for 0, those that {@code threads} threads have to rotate over on this
   * machine to stream from {@code residency}.
   *
   * @throws IllegalArgumentException if nothing is asked for and this machine has no such level
   */
  public static long of(long asked, Residency residency, int threads) {
    if (asked != 0) {
      return asked;
    }
    HostProbe machine = HostProbe.ofThisMachine();
    long free = machine.availableMemoryBytes();
    long bytes = fitting(machine.caches(), free, residency, threads);
    if (bytes < fitting(machine.caches(), 0, residency, threads)) {
      System.out.printf(
          "only %d MiB of memory are free: the working set is %d MiB, so DRAM results may profit"
              + " from the cache%n",
          free >> 20, bytes >> 20);
    }
    return bytes;
  }

  /**
   * Bytes to rotate over to stream from a level, as far as memory goes.
   *
   * @param freeBytes memory that the process may take; 0 where the machine hides it
   */
  static long fitting(CacheHierarchy caches, long freeBytes, Residency residency, int threads) {
    long wanted =
        caches
            .workingSetBytes(residency, threads)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "this machine has no "
                            + residency
                            + " cache to stream from, or hides its size; give -p workingSetBytes="));
    return freeBytes == 0 ? wanted : Math.min(wanted, Math.max(1, freeBytes / MEMORY_SHARE));
  }
}
