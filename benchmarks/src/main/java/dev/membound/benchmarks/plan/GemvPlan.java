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

/** GEMV in every format: wide and tall from DRAM, and in cache, where decoding is what limits. */
final class GemvPlan {
  private static final int HIDDEN = 4096;
  private static final int FEED_FORWARD = 14336;
  private static final int IN_CACHE_COLS = 1024;
  private static final int SMALL_COLS = 256;
  // Rows come in multiples that every layout tiles evenly on every thread.
  private static final int IN_CACHE_ROW_GRAIN = 64;

  /** What the quick preset measures in full; of the other formats it shows one shape. */
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
      plan.addInCache(QuantType.F32, MatrixLayout.FILE, Residency.L1, 1);
      plan.addInCache(QuantType.Q8_0, MatrixLayout.PACKED, Residency.L2, scope.allCores());
      plan.addFromDram(QuantType.Q4_0, MatrixLayout.PACKED, HIDDEN, HIDDEN, 1);
      return plan.workloads;
    }
    for (QuantType type : QuantType.values()) {
      plan.addFormat(type);
    }
    return plan.workloads;
  }

  private void addFormat(QuantType type) {
    if (scope.preset() == Preset.QUICK && !CALIBRATED.contains(type)) {
      addFromDram(type, MatrixLayout.PACKED, FEED_FORWARD, HIDDEN, 1);
      return;
    }
    addInCache(type, MatrixLayout.PACKED, Residency.L2, 1);
    addFromDram(type, MatrixLayout.PACKED, FEED_FORWARD, HIDDEN, 1);
    addFromDram(type, MatrixLayout.PACKED, HIDDEN, FEED_FORWARD, 1);
    addFromDram(type, MatrixLayout.PACKED, FEED_FORWARD, HIDDEN, scope.allCores());
    addFromDram(type, MatrixLayout.FILE, FEED_FORWARD, HIDDEN, 1);
    if (type == QuantType.F32 || scope.preset() == Preset.FULL) { // tells what a call costs
      addInCache(type, MatrixLayout.PACKED, Residency.L1, 1);
      addInCache(type, MatrixLayout.PACKED, Residency.L1, scope.allCores());
    }
    if (type == QuantType.Q8_0 || scope.preset() == Preset.FULL) {
      addInCache(type, MatrixLayout.PACKED, Residency.L3, 1);
    }
    if (scope.preset() == Preset.FULL) {
      addInCache(type, MatrixLayout.FILE, Residency.L2, 1);
      addInCache(type, MatrixLayout.FILE, Residency.L3, 1);
      for (int threads : scope.threadCounts()) {
        addFromDram(type, MatrixLayout.PACKED, HIDDEN, HIDDEN, threads);
        addFromDram(type, MatrixLayout.PACKED, HIDDEN, IN_CACHE_COLS, threads);
        addFromDram(type, MatrixLayout.FILE, HIDDEN, FEED_FORWARD, threads);
      }
    }
  }

  private void addFromDram(QuantType type, MatrixLayout layout, int rows, int cols, int threads) {
    add(
        new GemvWorkload(
            type,
            layout,
            rows,
            cols,
            1,
            threads,
            Residency.DRAM,
            scope.workingSetBytes(Residency.DRAM, threads)));
  }

  /** One matrix of about the level's working set; nothing where the level does not exist. */
  private void addInCache(QuantType type, MatrixLayout layout, Residency level, int threads) {
    int cols = level == Residency.L1 ? SMALL_COLS : IN_CACHE_COLS;
    long rows = scope.workingSetBytes(level, threads) / type.rowBytes(cols);
    long grain = rows < IN_CACHE_ROW_GRAIN ? 1 : IN_CACHE_ROW_GRAIN;
    int wholeRows = Math.toIntExact(rows / grain * grain);
    if (wholeRows > 0) {
      add(new GemvWorkload(type, layout, wholeRows, cols, 1, threads, level, 1));
    }
  }

  private void add(GemvWorkload workload) {
    workloads.add(new PlannedWorkload(workload, scope.preset().forks()));
  }
}
