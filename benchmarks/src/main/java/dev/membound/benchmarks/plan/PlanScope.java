package dev.membound.benchmarks.plan;

import dev.membound.benchmarks.host.CacheHierarchy;
import dev.membound.benchmarks.suite.Preset;
import dev.membound.model.run.HostFacts;
import dev.membound.model.run.Residency;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a plan is made for.
 *
 * @param vectorBits width of the vectors that the measuring JVMs use
 * @param largestWorkingSetBytes bound on any working set, from the memory that is free
 */
record PlanScope(
    Preset preset, CacheHierarchy caches, int vectorBits, long largestWorkingSetBytes) {
  /** 1 and all cores; with the full preset the powers of two between them too. */
  List<Integer> threadCounts() {
    Set<Integer> counts = new LinkedHashSet<>();
    counts.add(1);
    if (preset == Preset.FULL) {
      for (int threads = 2; threads < caches.cores(); threads *= 2) {
        counts.add(threads);
      }
    }
    counts.add(caches.cores());
    return List.copyOf(counts);
  }

  /** Forks of a kernel; in cache a first look does with one, for nobody else uses the caches. */
  int kernelForks(Residency residency) {
    return preset == Preset.QUICK && residency != Residency.DRAM ? 1 : preset.forks();
  }

  int allCores() {
    return caches.cores();
  }

  /** Bytes to rotate over so that a level streams; 0 where the machine has no such level. */
  long workingSetBytes(Residency residency, int threads) {
    return Math.min(caches.workingSetBytes(residency, threads).orElse(0), largestWorkingSetBytes);
  }

  /** The nearest level that holds a working set on one core; DRAM beyond the last. */
  Residency levelOf(long workingSetBytes) {
    for (HostFacts.CacheLevel cache : caches.levels()) {
      if (workingSetBytes <= cache.bytes() && cache.level() <= Residency.L3.ordinal() + 1) {
        return Residency.values()[cache.level() - 1];
      }
    }
    return Residency.DRAM;
  }
}
