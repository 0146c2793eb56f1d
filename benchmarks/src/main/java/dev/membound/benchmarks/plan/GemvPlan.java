package dev.membound.benchmarks.plan;

import dev.membound.benchmarks.gemv.GemvWorkload;
import dev.membound.benchmarks.suite.PlannedWorkload;
import dev.membound.benchmarks.suite.Preset;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.run.Residency;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * GEMV in every format: wide and tall from DRAM, and in cache, where decoding is what limits.
 * Several vectors a call show the way from memory-bound to compute-bound.
 */
final class GemvPlan {
  private static final int HIDDEN = 4096;
  private static final int FEED_FORWARD = 14336;
  private static final int IN_CACHE_COLS = 1024;
  private static final int SMALL_COLS = 256;
  // Rows come in multiples that every layout tiles evenly on every thread.
  private static final int IN_CACHE_ROW_GRAIN = 64;
  private static final int[] BATCHES = {1, 2, 4, 8, 16};

  /** One still bound by memory, one by arithmetic. */
  private static final int[] QUICK_BATCHES = {4, 16};

  /** Forks for several vectors: so many rows need fewer each. */
  private static final int BATCH_FORKS = 2;

  private static final long LEAST_WORKING_SET = 64L << 10;
  private static final long MOST_WORKING_SET = 16L << 30;

  /** What the quick preset measures in full; the other formats it shows in one shape and fork. */
  private static final Set<QuantType> CALIBRATED =
      EnumSet.of(QuantType.F32, QuantType.F16, QuantType.BF16, QuantType.Q8_0, QuantType.Q4_0);

  private final PlanScope scope;
  private final List<PlannedWorkload> workloads = new ArrayList<>();

  private GemvPlan(PlanScope scope) {
    this.scope = scope;
  }

  static List<PlannedWorkload> workloads(PlanScope scope) {
    GemvPlan plan = new GemvPlan(scope);
    if (scope.preset() == Preset.SMOKE) {
      plan.addInCache(QuantType.F32, MatrixLayout.FILE, Residency.L1, 1, 1);
      plan.addInCache(QuantType.Q8_0, MatrixLayout.PACKED, Residency.L2, 1, scope.allCores());
      plan.addFromDram(QuantType.Q4_0, MatrixLayout.PACKED, HIDDEN, HIDDEN, 4, 1);
      return plan.workloads;
    }
    for (QuantType type : QuantType.values()) {
      if (scope.preset() == Preset.FULL) {
        plan.addEverything(type);
      } else {
        plan.addFormat(type);
      }
    }
    if (scope.preset() == Preset.FULL) {
      plan.addWorkingSets(QuantType.F32);
      plan.addWorkingSets(QuantType.Q4_0);
    } else {
      for (int batch : QUICK_BATCHES) {
        plan.addFromDram(QuantType.F32, MatrixLayout.PACKED, FEED_FORWARD, HIDDEN, batch, 1);
      }
    }
    return plan.workloads;
  }

  private void addFormat(QuantType type) {
    addFromDram(type, MatrixLayout.PACKED, FEED_FORWARD, HIDDEN, 1, 1);
    if (!CALIBRATED.contains(type)) {
      return;
    }
    addInCache(type, MatrixLayout.PACKED, Residency.L2, 1, 1);
    addFromDram(type, MatrixLayout.PACKED, HIDDEN, FEED_FORWARD, 1, 1);
    if (type != QuantType.F16 && type != QuantType.BF16) {
      addFromDram(type, MatrixLayout.PACKED, FEED_FORWARD, HIDDEN, 1, scope.allCores());
    }
    addFromDram(type, MatrixLayout.FILE, FEED_FORWARD, HIDDEN, 1, 1);
    if (type == QuantType.F32) { // tells what a call costs
      addInCache(type, MatrixLayout.PACKED, Residency.L1, 1, 1);
      addInCache(type, MatrixLayout.PACKED, Residency.L1, 1, scope.allCores());
    }
    if (type == QuantType.Q8_0) {
      addInCache(type, MatrixLayout.PACKED, Residency.L3, 1, 1);
    }
  }

  private void addEverything(QuantType type) {
    for (MatrixLayout layout : MatrixLayout.values()) {
      for (int threads : scope.threadCounts()) {
        for (int batch : BATCHES) {
          addFromDram(type, layout, FEED_FORWARD, HIDDEN, batch, threads);
          addFromDram(type, layout, HIDDEN, FEED_FORWARD, batch, threads);
          addFromDram(type, layout, HIDDEN, HIDDEN, batch, threads);
          addFromDram(type, layout, HIDDEN, IN_CACHE_COLS, batch, threads);
          addInCache(type, layout, Residency.L2, batch, threads);
        }
        addInCache(type, layout, Residency.L1, 1, threads);
        addInCache(type, layout, Residency.L3, 1, threads);
      }
    }
  }

  /** One matrix of 64 KiB, 256 KiB and so on to 16 GiB, as far as memory allows. */
  private void addWorkingSets(QuantType type) {
    for (long bytes = LEAST_WORKING_SET; bytes <= MOST_WORKING_SET; bytes *= 4) {
      if (bytes <= scope.largestWorkingSetBytes()) {
        addMatrix(type, MatrixLayout.PACKED, bytes, IN_CACHE_COLS, scope.levelOf(bytes), 1, 1);
      }
    }
  }

  private void addFromDram(
      QuantType type, MatrixLayout layout, int rows, int cols, int batch, int threads) {
    add(
        new GemvWorkload(
            type,
            layout,
            rows,
            cols,
            batch,
            threads,
            Residency.DRAM,
            scope.workingSetBytes(Residency.DRAM, threads)));
  }

  /** One matrix of about the level's working set; nothing where the level does not exist. */
  private void addInCache(
      QuantType type, MatrixLayout layout, Residency level, int batch, int threads) {
    int cols = level == Residency.L1 ? SMALL_COLS : IN_CACHE_COLS;
    addMatrix(type, layout, scope.workingSetBytes(level, threads), cols, level, batch, threads);
  }

  private void addMatrix(
      QuantType type,
      MatrixLayout layout,
      long bytes,
      int cols,
      Residency level,
      int batch,
      int threads) {
    long rows = bytes / type.rowBytes(cols);
    long grain = rows < IN_CACHE_ROW_GRAIN ? 1 : IN_CACHE_ROW_GRAIN;
    int wholeRows = Math.toIntExact(rows / grain * grain);
    if (wholeRows > 0) {
      add(new GemvWorkload(type, layout, wholeRows, cols, batch, threads, level, 1));
    }
  }

  private void add(GemvWorkload workload) {
    PlannedWorkload planned = new PlannedWorkload(workload, forks(workload));
    if (workloads.stream().noneMatch(known -> known.id().equals(planned.id()))) {
      workloads.add(planned); // a level's matrix may also be one of the working sets
    }
  }

  private int forks(GemvWorkload workload) {
    if (scope.preset() == Preset.QUICK && !CALIBRATED.contains(workload.type())) {
      return 1;
    }
    return workload.batch() > 1
        ? Math.min(scope.preset() == Preset.QUICK ? 1 : BATCH_FORKS, scope.preset().forks())
        : scope.kernelForks(workload.residency());
  }
}
