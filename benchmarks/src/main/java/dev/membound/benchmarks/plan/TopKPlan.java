package dev.membound.benchmarks.plan;

import dev.membound.benchmarks.attention.KvShape;
import dev.membound.benchmarks.suite.PlannedWorkload;
import dev.membound.benchmarks.suite.Preset;
import dev.membound.benchmarks.topk.TopKKernel;
import dev.membound.benchmarks.topk.TopKWorkload;
import dev.membound.kernels.attention.KvType;
import dev.membound.model.run.Residency;
import java.util.ArrayList;
import java.util.List;

/**
 * Top-K selection over a long context: scanning digests, scoring keys, and the whole sparse step.
 */
final class TopKPlan {
  private static final int CONTEXT = 131072;
  private static final int SMOKE_CONTEXT = 1024;
  private static final int BUDGET = 2048;

  private final PlanScope scope;
  private final List<PlannedWorkload> workloads = new ArrayList<>();

  private TopKPlan(PlanScope scope) {
    this.scope = scope;
  }

  static List<PlannedWorkload> workloads(PlanScope scope) {
    TopKPlan plan = new TopKPlan(scope);
    if (scope.preset() == Preset.SMOKE) {
      plan.add(TopKKernel.SPARSE_STEP, SMOKE_CONTEXT, SMOKE_CONTEXT / 4, Residency.L2, 1);
      return plan.workloads;
    }
    plan.add(TopKKernel.DIGEST_SCAN, CONTEXT, 0, Residency.DRAM, 1);
    plan.add(TopKKernel.DIGEST_SCAN, CONTEXT, 0, Residency.DRAM, scope.allCores());
    plan.addDigestScanInCache();
    plan.add(TopKKernel.KEY_SCORING, CONTEXT / 4, 0, Residency.DRAM, 1);
    plan.add(TopKKernel.SPARSE_STEP, CONTEXT / 2, BUDGET, Residency.DRAM, 1);
    if (scope.preset() == Preset.FULL) {
      for (int context = CONTEXT / 16; context <= CONTEXT; context *= 4) {
        plan.add(TopKKernel.KEY_SCORING, context, 0, Residency.DRAM, scope.allCores());
        plan.add(TopKKernel.SPARSE_STEP, context, BUDGET, Residency.DRAM, scope.allCores());
      }
      plan.addFull();
    }
    return plan.workloads;
  }

  private void addFull() {
    for (KvType type : KvType.values()) {
      addOneQuery(TopKKernel.KEY_SCORING, type);
    }
    addOneQuery(TopKKernel.DIGEST_SCAN, KvType.F16);
    addOneQuery(TopKKernel.DIGEST_SCAN, KvType.BF16);
    for (int budget : new int[] {512, 1024, 4096}) {
      add(TopKKernel.SPARSE_STEP, CONTEXT, budget, Residency.DRAM, 1);
    }
    for (int blockSize : new int[] {32, 64}) {
      KvShape llama = AttentionPlan.shape(KvType.F16, CONTEXT);
      add(
          TopKKernel.SPARSE_STEP,
          new KvShape(
              llama.type(),
              llama.queryHeads(),
              llama.kvHeads(),
              llama.headDim(),
              CONTEXT,
              blockSize),
          BUDGET,
          Residency.DRAM,
          1);
    }
    add(TopKKernel.SPARSE_STEP, 8 * CONTEXT, BUDGET, Residency.DRAM, 1);
  }

  /** One query a KV head, as an indexer near the memory has it. */
  private void addOneQuery(TopKKernel step, KvType type) {
    KvShape llama = AttentionPlan.shape(type, CONTEXT);
    int heads = llama.kvHeads();
    add(
        step,
        new KvShape(type, heads, heads, llama.headDim(), CONTEXT, llama.blockSize()),
        0,
        Residency.DRAM,
        1);
  }

  private void addDigestScanInCache() {
    KvShape page = AttentionPlan.shape(KvType.F16, 1);
    long pages = scope.workingSetBytes(Residency.L2, 1) / (2 * page.keyBytes());
    if (pages > 0) {
      int context = Math.toIntExact(pages) * page.blockSize();
      add(TopKKernel.DIGEST_SCAN, context, 0, Residency.L2, 1);
    }
  }

  private void add(TopKKernel step, int context, int budget, Residency level, int threads) {
    add(step, AttentionPlan.shape(KvType.F16, context), budget, level, threads);
  }

  private void add(TopKKernel step, KvShape shape, int budget, Residency level, int threads) {
    long wanted = level == Residency.DRAM ? scope.workingSetBytes(level, threads) : 1;
    workloads.add(
        new PlannedWorkload(
            new TopKWorkload(step, shape, budget, threads, level, wanted),
            scope.kernelForks(level)));
  }
}
