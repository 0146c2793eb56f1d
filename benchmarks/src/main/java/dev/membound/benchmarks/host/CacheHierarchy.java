package dev.membound.benchmarks.host;

import dev.membound.model.run.HostFacts.CacheLevel;
import dev.membound.model.run.Residency;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The data caches of a machine, and the working sets that stream from one level of them.
 *
 * @param levels data and unified caches, nearest first; empty where the OS hides them
 * @param cores logical processors that this process may use
 */
public record CacheHierarchy(List<CacheLevel> levels, int cores) {
  /**
   * A DRAM working set is this many times the last-level cache. STREAM asks for 4, but a cache
   * whose replacement is not least-recently-used keeps part of a cyclic stream: 4 times a 32 MiB
   * cache read 14 % faster than memory, 8 times 3 %.
   */
  public static final int DRAM_TO_LAST_LEVEL = 8;

  private static final long PAGE_BYTES = 4096;
  private static final long SMALLEST_DRAM_BYTES = 64L << 20;
  private static final long DRAM_BYTES_WHEN_CACHES_ARE_UNKNOWN = 512L << 20;

  public CacheHierarchy {
    levels = List.copyOf(levels);
    if (cores < 1) {
      throw new IllegalArgumentException("a machine has at least 1 core, not " + cores);
    }
  }

  /**
   * Bytes that {@code threads} threads should rotate over to stream from {@code residency}, all
   * threads together: half of L1 and L2, the geometric mean of L2 and L3 for L3, at least {@value
   * #DRAM_TO_LAST_LEVEL} times the last level for DRAM. A multiple of 4 KiB a thread.
   *
   * @return empty where the machine has no such level, does not tell its size, or has no room
   *     between it and the level before (a large L2 in front of a small shared L3)
   */
  public OptionalLong workingSetBytes(Residency residency, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("at least 1 thread, not " + threads);
    }
    OptionalLong bytes =
        switch (residency) {
          case L1 -> half(reach(1, threads));
          case L2 -> half(reach(2, threads));
          case L3 -> betweenL2AndL3(threads);
          case DRAM -> OptionalLong.of(dramBytes(threads));
        };
    return bytes.isEmpty() ? bytes : wholePages(bytes.getAsLong(), threads);
  }

  /** Bytes of the last level that {@code threads} threads reach when each has its own instance. */
  public OptionalLong lastLevelBytes(int threads) {
    if (levels.isEmpty()) {
      return OptionalLong.empty();
    }
    CacheLevel last = levels.getLast();
    long instances = Math.ceilDiv(cores, Math.max(1, last.sharedByCores()));
    return OptionalLong.of(last.bytes() * Math.min(threads, instances));
  }

  private long dramBytes(int threads) {
    OptionalLong last = lastLevelBytes(threads);
    return last.isEmpty()
        ? DRAM_BYTES_WHEN_CACHES_ARE_UNKNOWN
        : Math.max(SMALLEST_DRAM_BYTES, DRAM_TO_LAST_LEVEL * last.getAsLong());
  }

  private OptionalLong betweenL2AndL3(int threads) {
    OptionalLong l2 = reach(2, threads);
    OptionalLong l3 = reach(3, threads);
    if (l2.isEmpty() || l3.isEmpty() || l3.getAsLong() < 4 * l2.getAsLong()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of((long) Math.sqrt((double) l2.getAsLong() * l3.getAsLong()));
  }

  /** Bytes of a level that the threads reach when they sit as close together as they can. */
  private OptionalLong reach(int level, int threads) {
    Optional<CacheLevel> cache = levels.stream().filter(c -> c.level() == level).findFirst();
    return cache.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(
            cache.get().bytes()
                * Math.ceilDiv((long) threads, Math.max(1, cache.get().sharedByCores())));
  }

  private static OptionalLong half(OptionalLong bytes) {
    return bytes.isEmpty() ? bytes : OptionalLong.of(bytes.getAsLong() / 2);
  }

  private static OptionalLong wholePages(long bytes, int threads) {
    long granule = PAGE_BYTES * threads;
    long whole = bytes / granule * granule;
    return whole == 0 ? OptionalLong.empty() : OptionalLong.of(whole);
  }
}
