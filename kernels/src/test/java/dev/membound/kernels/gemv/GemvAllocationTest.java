package dev.membound.kernels.gemv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.KernelProvider;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** All kernels in one process, which has no type profiles: see the POM and docs/gemv.md. */
@Tag("allocation")
class GemvAllocationTest {
  /** Of the measuring itself; one box a call would be ten times as much. */
  private static final long FEW_BYTES = 1000;

  @ParameterizedTest
  @MethodSource("dev.membound.kernels.gemv.GemvTest#paths")
  void aCallAllocatesNothing(QuantType type, MatrixLayout layout, ActivationPath path) {
    assertNothing(type, layout, path, 256, 1, 14); // 14: vectors by eights, fours and twos
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void aCallOnLongRowsAllocatesNothing(QuantType type) {
    assertNothing(
        type, MatrixLayout.FILE, ActivationPath.FLOAT, 2 * PairedRows.SHORT_COLS + 256, 1);
  }

  private static void assertNothing(
      QuantType type, MatrixLayout layout, ActivationPath path, int cols, int... batches) {
    assumeTrue(KernelProvider.current().isVectorised(), "the scalar reference may allocate");
    int rows = 64;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int batch : batches) {
      try (Arena arena = Arena.ofShared();
          WorkerTeam team = WorkerTeam.of(2)) {
        WeightMatrix w = WeightMatrix.random(type, layout, rows, cols, 5, arena);
        Gemv gemv = Gemv.plan(type, layout, rows, cols, batch, path, team);
        float[] x = activations(batch * cols);
        float[] y = new float[batch * rows];
        // Interpreted vector code allocates; compilation takes the time that it takes.
        long deadline = System.nanoTime() + 30_000_000_000L;
        long allocated;
        do {
          long before = allocatedBytes(threads, team);
          for (int call = 0; call < 200; call++) {
            gemv.multiply(w, x, y);
          }
          allocated = allocatedBytes(threads, team) - before;
        } while (allocated > FEW_BYTES && System.nanoTime() < deadline);
        assertThat(allocated)
            .as("bytes in 200 calls, batch %d", batch)
            .isLessThanOrEqualTo(FEW_BYTES);
      }
    }
  }

  private static long allocatedBytes(ThreadMXBean threads, WorkerTeam team) {
    long bytes = threads.getCurrentThreadAllocatedBytes();
    for (long helper : team.helperThreadIds()) {
      bytes += threads.getThreadAllocatedBytes(helper);
    }
    return bytes;
  }

  private static float[] activations(int count) {
    Random random = new Random(1);
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }
}
