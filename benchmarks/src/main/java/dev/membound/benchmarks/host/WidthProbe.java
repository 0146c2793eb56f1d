package dev.membound.benchmarks.host;

import dev.membound.benchmarks.suite.WarmUp;
import dev.membound.kernels.gemv.Gemv;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.KernelProvider;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.run.HostFacts.VectorWidth;
import dev.membound.model.run.Json;
import java.lang.foreign.Arena;
import java.util.Arrays;

/**
 * Times this JVM's kernels for {@link WidthChoice}: packed F32 and Q4_0 × vector in the
 * second-level cache, where arithmetic is what limits, not memory.
 */
final class WidthProbe {
  private static final int ROWS = 128;
  private static final int COLS = 1024;
  private static final long WINDOW_NANOS = 20_000_000L;
  private static final int WINDOWS = 15;
  private static final long SEED = 1;

  private WidthProbe() {}

  /** Prints the rates as JSON. */
  public static void main(String[] arguments) {
    VectorWidth width =
        new VectorWidth(
            KernelProvider.current().propertyValue(),
            weightsPerSecond(QuantType.F32),
            weightsPerSecond(QuantType.Q4_0));
    System.out.println(Json.mapper().writeValueAsString(width));
  }

  /** Best of several windows: whatever else runs can only slow one. */
  private static double weightsPerSecond(QuantType type) {
    try (WorkerTeam team = WorkerTeam.of(1);
        Arena arena = Arena.ofShared()) {
      WeightMatrix w = WeightMatrix.random(type, MatrixLayout.PACKED, ROWS, COLS, SEED, arena);
      Gemv gemv = Gemv.plan(type, MatrixLayout.PACKED, ROWS, COLS, team);
      float[] x = new float[COLS];
      float[] y = new float[ROWS];
      Arrays.fill(x, 1);
      WarmUp.untilCompiled(() -> gemv.multiply(w, x, y));
      double best = 0;
      for (int i = 0; i < WINDOWS; i++) {
        best = Math.max(best, weightsPerSecond(gemv, w, x, y));
      }
      return best;
    }
  }

  private static double weightsPerSecond(Gemv gemv, WeightMatrix w, float[] x, float[] y) {
    long start = System.nanoTime();
    long calls = 0;
    long spent;
    do {
      gemv.multiply(w, x, y);
      calls++;
      spent = System.nanoTime() - start;
    } while (spent < WINDOW_NANOS);
    return 1e9 * calls * ROWS * COLS / spent;
  }
}
