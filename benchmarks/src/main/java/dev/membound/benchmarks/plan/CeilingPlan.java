package dev.membound.benchmarks.plan;

import dev.membound.benchmarks.ceiling.ChunkWorkload;
import dev.membound.benchmarks.ceiling.CopyWorkload;
import dev.membound.benchmarks.ceiling.FmaWorkload;
import dev.membound.benchmarks.ceiling.LatencyWorkload;
import dev.membound.benchmarks.ceiling.ReadWorkload;
import dev.membound.benchmarks.ceiling.TriadWorkload;
import dev.membound.benchmarks.suite.PlannedWorkload;
import dev.membound.benchmarks.suite.Preset;
import dev.membound.benchmarks.suite.Workload;
import dev.membound.model.run.Residency;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The machine's own limits. Best-of values: noise only slows, so they need fewer forks than
 * kernels.
 */
final class CeilingPlan {
  private static final long[] CHUNK_BYTES = {64, 256, 1024, 4096, 16384, 65536};

  private final PlanScope scope;
  private final List<PlannedWorkload> workloads = new ArrayList<>();

  private CeilingPlan(PlanScope scope) {
    this.scope = scope;
  }

  static List<PlannedWorkload> workloads(PlanScope scope) {
    CeilingPlan plan = new CeilingPlan(scope);
    scope.threadCounts().forEach(plan::addForThreads);
    plan.addLatencies();
    return plan.workloads;
  }

  private void addForThreads(int threads) {
    for (Residency level : Residency.values()) {
      ReadWorkload.at(level, threads, scope.caches()).ifPresent(w -> add(w, 3));
    }
    add(new FmaWorkload(threads, scope.vectorBits()), 2);
    if (scope.preset() == Preset.SMOKE) {
      return;
    }
    CopyWorkload.at(Residency.DRAM, threads, scope.caches()).ifPresent(w -> add(w, 3));
    TriadWorkload.at(Residency.DRAM, threads, scope.caches()).ifPresent(w -> add(w, 3));
    for (long chunkBytes : CHUNK_BYTES) {
      add(ChunkWorkload.of(chunkBytes, threads, scope.caches()), 2);
    }
  }

  private void addLatencies() {
    for (Residency level : Residency.values()) {
      if (level == Residency.DRAM || scope.preset() == Preset.FULL) {
        Optional<LatencyWorkload> latency = LatencyWorkload.at(level, scope.caches());
        latency.ifPresent(w -> add(w, 2));
      }
    }
  }

  private void add(Workload workload, int quickForks) {
    int forks = scope.preset() == Preset.FULL ? scope.preset().forks() : quickForks;
    workloads.add(new PlannedWorkload(workload, Math.min(forks, scope.preset().forks())));
  }
}
