package dev.membound.benchmarks.plan;

import dev.membound.benchmarks.attention.AttentionWorkload;
import dev.membound.benchmarks.attention.KvShape;
import dev.membound.benchmarks.attention.PrefixReading;
import dev.membound.benchmarks.attention.SharedPrefix;
import dev.membound.benchmarks.attention.SharedPrefixWorkload;
import dev.membound.benchmarks.suite.PlannedWorkload;
import dev.membound.benchmarks.suite.Preset;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.model.run.Residency;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * Decode attention with the heads of Llama-3.1-8B: long contexts from DRAM, short ones in cache.
 * None in a first-level cache: one block of 16 tokens takes 32 KiB and more in the smallest format,
 * 64 KiB in F16, so half of a usual one of 32 or 48 KiB holds none.
 */
final class AttentionPlan {
  private static final int QUERY_HEADS = 32;
  private static final int KV_HEADS = 8;
  private static final int HEAD_DIM = 128;
  private static final int LONG = 32768;
  private static final int SHORT = 4096;
  private static final int MILLION = 1 << 20;
  private static final int SUFFIX = 256;
  private static final int SEQUENCES = 8;

  private final PlanScope scope;
  private final List<PlannedWorkload> workloads = new ArrayList<>();

  private AttentionPlan(PlanScope scope) {
    this.scope = scope;
  }

  static List<PlannedWorkload> workloads(PlanScope scope) {
    AttentionPlan plan = new AttentionPlan(scope);
    if (scope.preset() == Preset.SMOKE) {
      plan.add(KvType.F16, 512, Residency.L3, false, scope.allCores());
      plan.addSharedPrefix(PrefixReading.CASCADE, 512, Residency.L3);
      return plan.workloads;
    }
    for (KvType type : EnumSet.of(KvType.F32, KvType.F16, KvType.BF16)) {
      plan.addInCache(type, Residency.L2);
      plan.add(type, LONG, Residency.DRAM, false, 1);
    }
    plan.add(KvType.INT8, LONG, Residency.DRAM, false, 1);
    plan.addInCache(KvType.F16, Residency.L3);
    plan.add(KvType.F16, LONG, Residency.DRAM, false, scope.allCores());
    plan.add(KvType.F16, SHORT, Residency.DRAM, false, 1);
    plan.add(KvType.F16, LONG, Residency.DRAM, true, 1);
    if (scope.preset() == Preset.FULL) {
      plan.addFull();
    }
    return plan.workloads;
  }

  private void addFull() {
    for (KvType type : EnumSet.of(KvType.FP8_E4M3, KvType.Q8_0)) {
      add(type, LONG, Residency.DRAM, false, 1);
    }
    for (KvType type : EnumSet.of(KvType.INT8, KvType.FP8_E4M3, KvType.Q8_0)) {
      addInCache(type, Residency.L2);
    }
    for (KvType type : KvType.values()) {
      for (int threads : scope.threadCounts()) {
        for (int context : new int[] {1024, 8192, 131072}) {
          add(type, context, Residency.DRAM, false, threads);
        }
      }
    }
    for (KvType type : EnumSet.of(KvType.F16, KvType.INT8)) {
      add(type, MILLION, Residency.DRAM, false, 1);
    }
    for (int blockSize : new int[] {1, 64, 256}) {
      add(heads(QUERY_HEADS, KV_HEADS, LONG, blockSize), Residency.DRAM, false, 1);
    }
    // Multi-head, GQA-8 and multi-query: 1, 8 and 32 FLOP a byte in F16.
    for (int kvHeads : new int[] {QUERY_HEADS, QUERY_HEADS / 8, 1}) {
      int context = LONG * KV_HEADS / kvHeads;
      int blockSize = PagedKvCache.DEFAULT_BLOCK_SIZE;
      add(heads(QUERY_HEADS, kvHeads, context, blockSize), Residency.DRAM, false, 1);
    }
    for (PrefixReading reading : PrefixReading.values()) {
      addSharedPrefix(reading, LONG, Residency.DRAM);
    }
  }

  private void addSharedPrefix(PrefixReading reading, int prefixTokens, Residency level) {
    SharedPrefix group = new SharedPrefix(shape(KvType.F16, prefixTokens), SUFFIX, SEQUENCES);
    workloads.add(
        new PlannedWorkload(
            new SharedPrefixWorkload(reading, group, 1, level, wantedBytes(level, 1)),
            scope.kernelForks(level)));
  }

  private static KvShape heads(int queryHeads, int kvHeads, int context, int blockSize) {
    return new KvShape(KvType.F16, queryHeads, kvHeads, HEAD_DIM, context, blockSize);
  }

  static KvShape shape(KvType type, int context) {
    return new KvShape(
        type, QUERY_HEADS, KV_HEADS, HEAD_DIM, context, PagedKvCache.DEFAULT_BLOCK_SIZE);
  }

  private void addInCache(KvType type, Residency level) {
    long bytesPerToken = 2 * shape(type, 1).keyBytes();
    long pages = scope.workingSetBytes(level, 1) / bytesPerToken / PagedKvCache.DEFAULT_BLOCK_SIZE;
    if (pages > 0) {
      int context = Math.toIntExact(pages) * PagedKvCache.DEFAULT_BLOCK_SIZE;
      add(type, context, level, false, 1);
    }
  }

  private void add(KvType type, int context, Residency level, boolean scattered, int threads) {
    add(shape(type, context), level, scattered, threads);
  }

  private void add(KvShape shape, Residency level, boolean scattered, int threads) {
    long wanted = wantedBytes(level, threads);
    workloads.add(
        new PlannedWorkload(
            new AttentionWorkload(shape, scattered, threads, level, wanted),
            scope.kernelForks(level)));
  }

  /** In a cache one sequence, or group of them, is the working set. */
  private long wantedBytes(Residency level, int threads) {
    return level == Residency.DRAM ? scope.workingSetBytes(level, threads) : 1;
  }
}
