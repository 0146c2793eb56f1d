package dev.membound.benchmarks.plan;

import dev.membound.benchmarks.ceiling.CallWorkload;
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
  private static final int QUICK_FORKS = 2;
  private static final List<Long> COARSE_CHUNK_BYTES = List.of(256L, 4096L, 65536L);

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
      ReadWorkload.at(level, threads, scope.caches()).ifPresent(this::add);
    }
    add(new FmaWorkload(threads, scope.vectorBits()));
    add(new CallWorkload(threads));
    if (scope.preset() == Preset.SMOKE) {
      return;
    }
    CopyWorkload.at(Residency.DRAM, threads, scope.caches()).ifPresent(this::add);
    boolean coarse = scope.preset() == Preset.QUICK && threads > 1;
    if (!coarse) {
      TriadWorkload.at(Residency.DRAM, threads, scope.caches()).ifPresent(this::add);
    }
    for (long chunkBytes : coarse ? COARSE_CHUNK_BYTES : ChunkWorkload.CURVE_CHUNK_BYTES) {
      add(ChunkWorkload.of(chunkBytes, threads, scope.caches()));
    }
  }

  private void addLatencies() {
    for (Residency level : Residency.values()) {
      if (level == Residency.DRAM || scope.preset() == Preset.FULL) {
        Optional<LatencyWorkload> latency = LatencyWorkload.at(level, scope.caches());
        latency.ifPresent(this::add);
      }
    }
  }

  private void add(Workload workload) {
    boolean roof = workload instanceof ReadWorkload || workload instanceof FmaWorkload;
    int quick = roof ? QUICK_FORKS : 1;
    int forks = scope.preset() == Preset.FULL ? scope.preset().forks() : quick;
    workloads.add(new PlannedWorkload(workload, forks));
  }
}
