package dev.membound.kernels.gemv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.KernelProvider;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kernel of this process's width against the binary64 sum over the decoded weights. */
@Tag("width")
class GemvTest {
  private static final double UNIT_ROUNDOFF = 0x1p-24;
  private static final int ACTIVATION_BLOCK = 32;

  static Stream<Arguments> kernels() {
    return Arrays.stream(QuantType.values())
        .flatMap(
            type -> Arrays.stream(MatrixLayout.values()).map(layout -> Arguments.of(type, layout)));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void staysWithinItsBoundAtEveryShapeAndTeam(QuantType type, MatrixLayout layout) {
    int[][] shapes = {{1, 32}, {2, 64}, {3, 96}, {17, 224}, {64, 2048}, {65, 2144}, {131, 4160}};
    for (int workers = 1; workers <= 3; workers++) {
      try (WorkerTeam team = WorkerTeam.of(workers)) {
        for (int[] shape : shapes) {
          assertBound(type, layout, shape[0], wholeBlocks(type, shape[1]), team);
        }
        if (type.blockElements() == 1) {
          for (int cols : new int[] {1, 2, 3, 15, 31, 33, 2049, 2079}) {
            assertBound(type, layout, 35, cols, team);
          }
        }
      }
    }
  }

  /** {@code cols}, or the next number of columns that the format has rows of. */
  private static int wholeBlocks(QuantType type, int cols) {
    return Math.ceilDiv(cols, type.blockElements()) * type.blockElements();
  }

  private static void assertBound(
      QuantType type, MatrixLayout layout, int rows, int cols, WorkerTeam team) {
    Random random = new Random(31L * rows + cols);
    float[] weights = gaussian(rows * cols, random);
    float[] x = gaussian(cols, random);
    assertBound(type, layout, rows, cols, weights, x, team);
  }

  private static void assertBound(
      QuantType type,
      MatrixLayout layout,
      int rows,
      int cols,
      float[] weights,
      float[] x,
      WorkerTeam team) {
    try (Arena arena = Arena.ofShared()) {
      WeightMatrix file = WeightMatrix.encode(type, weights, rows, cols, arena);
      WeightMatrix w = layout == MatrixLayout.PACKED ? file.pack(arena) : file;
      Gemv gemv = Gemv.plan(type, layout, rows, cols, team);
      float[] y = new float[rows + 2];
      Arrays.fill(y, Float.MAX_VALUE);

      gemv.multiply(w, x, y);

      float[] row = new float[cols];
      for (int r = 0; r < rows; r++) {
        w.decodeRow(r, row);
        double exact = 0;
        for (int c = 0; c < cols; c++) {
          exact += (double) row[c] * x[c];
        }
        assertThat(Math.abs(y[r] - exact))
            .as("row %d of %d x %d, %d workers", r, rows, cols, team.size())
            .isLessThanOrEqualTo(bound(gemv.activationPath(), row, x));
      }
      assertThat(y[rows]).isEqualTo(Float.MAX_VALUE);
      assertThat(y[rows + 1]).isEqualTo(Float.MAX_VALUE);
    }
  }

  /** The bound that {@link Gemv} states. */
  private static double bound(ActivationPath path, float[] weights, float[] x) {
    int cols = weights.length;
    double products = 0;
    double blockwise = 0;
    for (int c = 0; c < cols; c++) {
      products += Math.abs((double) weights[c] * x[c]);
      int block = c / ACTIVATION_BLOCK * ACTIVATION_BLOCK;
      float largest = 0;
      for (int i = block; i < Math.min(block + ACTIVATION_BLOCK, cols); i++) {
        largest = Math.max(largest, Math.abs(x[i]));
      }
      blockwise += Math.abs((double) weights[c]) * largest;
    }
    return switch (path) {
      case FLOAT -> (cols + 4) * UNIT_ROUNDOFF * products;
      case INT8 -> ((cols / 32 + 8) * UNIT_ROUNDOFF + 1.0 / 253) * blockwise;
    };
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void staysWithinItsBoundOnExtremeValues(QuantType type, MatrixLayout layout) {
    int rows = 37;
    int cols = wholeBlocks(type, 2080);
    IntToDoubleFunction[] weightings = {
      i -> 0, // zero scales
      i -> i % 3 == 0 ? 8 : -8, // the ends of every code range
      i -> 1e-7 * (i % 17 - 8), // subnormal binary16 weights and scales
      i -> 60_000 * Math.cos(i), // the largest binary16 scales
    };
    IntToDoubleFunction[] activations = {
      c -> 0,
      c -> c % 2 == 0 ? 1 : -1,
      c -> 1,
      c -> 1e6 * Math.sin(c),
      c -> 1e-20 * Math.sin(c),
      c -> c == 5 ? 1e30 : c,
    };
    try (WorkerTeam team = WorkerTeam.of(1)) {
      for (IntToDoubleFunction weighting : weightings) {
        for (IntToDoubleFunction activation : activations) {
          float[] weights = generate(rows * cols, weighting);
          float[] x = generate(cols, activation);
          assertBound(type, layout, rows, cols, weights, x, team);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aNonFiniteActivationMakesEveryRowNonFinite(QuantType type, MatrixLayout layout) {
    for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      for (int at : new int[] {0, 77, 95}) {
        int cols = wholeBlocks(type, 96);
        float[] x = gaussian(cols, new Random(7));
        x[at] = odd;
        for (float result : multiply(type, layout, 40, cols, x)) {
          assertThat(Float.isFinite(result)).isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aNonFiniteScaleMakesItsRowNonFiniteAndNoOther(QuantType type, MatrixLayout layout) {
    if (layout == MatrixLayout.PACKED || scaleAt(type) < 0) {
      return; // packing refuses it; not every format can hold one
    }
    int rows = 9;
    int cols = 5 * Math.max(32, type.blockElements());
    short infinity = (short) (type == QuantType.BF16 ? 0x7F80 : 0x7C00);
    for (int badRow = 0; badRow < rows; badRow++) {
      for (int block : new int[] {0, 3, 4}) {
        try (Arena arena = Arena.ofConfined();
            WorkerTeam team = WorkerTeam.of(1)) {
          WeightMatrix w = WeightMatrix.random(type, rows, cols, 5, arena);
          long at =
              badRow * type.rowBytes(cols)
                  + (long) cols / 5 * block / type.blockElements() * type.blockBytes()
                  + scaleAt(type);
          w.data().set(ValueLayout.JAVA_SHORT_UNALIGNED, at, infinity);
          float[] y = new float[rows];

          Gemv.plan(type, layout, rows, cols, team).multiply(w, gaussian(cols, new Random(3)), y);

          for (int r = 0; r < rows; r++) {
            assertThat(Float.isFinite(y[r])).isEqualTo(r != badRow);
          }
        }
      }
    }
  }

  /** Where a block has a binary16 or bfloat16 scale or weight; −1 if nowhere. */
  private static int scaleAt(QuantType type) {
    return switch (type) {
      case F32, MXFP4, NVFP4, FP8_E4M3_B128, FP8_E5M2_B128, INT8_B128 -> -1;
      case Q2_K -> 80;
      case Q3_K, Q6_K, TQ1_0, TQ2_0 -> type.blockBytes() - 2;
      default -> 0;
    };
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void readsNothingOutsideTheMatrixAndWritesNothingIntoIt(QuantType type, MatrixLayout layout) {
    int rows = 35;
    int cols = wholeBlocks(type, 32 * 7);
    int guard = 256;
    float[] x = gaussian(cols, new Random(11));
    float[] expected = multiply(type, layout, rows, cols, x);
    try (Arena arena = Arena.ofConfined();
        WorkerTeam team = WorkerTeam.of(1)) {
      WeightMatrix w = WeightMatrix.random(type, layout, rows, cols, 5, arena);
      // Guards that would be NaN in any format; the matrix itself at an odd address.
      MemorySegment around = arena.allocate(w.byteSize() + 2 * guard + 1, 64);
      around.fill((byte) 0xFF);
      MemorySegment inside = around.asSlice(guard + 1, w.byteSize());
      inside.copyFrom(w.data());
      float[] y = new float[rows];

      Gemv.plan(type, layout, rows, cols, team)
          .multiply(new WeightMatrix(type, layout, rows, cols, inside), x, y);

      assertThat(y).isEqualTo(expected);
      assertThat(inside.mismatch(w.data())).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void givesTheSameBitsWhateverTheTeam(QuantType type, MatrixLayout layout) {
    int rows = 133;
    int cols = wholeBlocks(type, 2112);
    float[] x = gaussian(cols, new Random(2));
    float[] alone = multiply(type, layout, rows, cols, x);
    for (int workers = 2; workers <= 4; workers++) {
      try (Arena arena = Arena.ofShared();
          WorkerTeam team = WorkerTeam.of(workers)) {
        float[] y = new float[rows];
        Gemv gemv = Gemv.plan(type, layout, rows, cols, team);
        WeightMatrix w = WeightMatrix.random(type, layout, rows, cols, 5, arena);
        gemv.multiply(w, x, y);
        assertThat(y).isEqualTo(alone);
        gemv.multiply(w, x, y);
        assertThat(y).isEqualTo(alone);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aCallAllocatesNothing(QuantType type, MatrixLayout layout) {
    assumeTrue(KernelProvider.current().isVectorised(), "the scalar reference may allocate");
    int rows = 64;
    int cols = 256;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Arena arena = Arena.ofShared();
        WorkerTeam team = WorkerTeam.of(2)) {
      WeightMatrix w = WeightMatrix.random(type, layout, rows, cols, 5, arena);
      Gemv gemv = Gemv.plan(type, layout, rows, cols, team);
      float[] x = gaussian(cols, new Random(1));
      float[] y = new float[rows];
      // Interpreted vector code allocates; compilation takes the time that it takes.
      long deadline = System.nanoTime() + 30_000_000_000L;
      long allocated;
      do {
        long before = allocatedBytes(threads, team);
        for (int call = 0; call < 200; call++) {
          gemv.multiply(w, x, y);
        }
        allocated = allocatedBytes(threads, team) - before;
      } while (allocated > 1000 && System.nanoTime() < deadline);
      assertThat(allocated).as("bytes in 200 calls").isLessThanOrEqualTo(1000);
    }
  }

  private static long allocatedBytes(ThreadMXBean threads, WorkerTeam team) {
    long bytes = threads.getCurrentThreadAllocatedBytes();
    for (long helper : team.helperThreadIds()) {
      bytes += threads.getThreadAllocatedBytes(helper);
    }
    return bytes;
  }

  @Test
  void recordsTheActivationPath() {
    try (WorkerTeam team = WorkerTeam.of(1)) {
      boolean vectorised = KernelProvider.current().isVectorised();
      assertThat(Gemv.plan(QuantType.F16, MatrixLayout.FILE, 4, 32, team).activationPath())
          .isEqualTo(ActivationPath.FLOAT);
      assertThat(Gemv.plan(QuantType.Q4_0, MatrixLayout.PACKED, 4, 32, team).activationPath())
          .isEqualTo(vectorised ? ActivationPath.INT8 : ActivationPath.FLOAT);
    }
  }

  @Test
  void refusesMismatchesNamingBothSides() {
    try (Arena arena = Arena.ofConfined();
        WorkerTeam team = WorkerTeam.of(1)) {
      Gemv gemv = Gemv.plan(QuantType.F32, MatrixLayout.FILE, 4, 8, team);
      WeightMatrix w = WeightMatrix.random(QuantType.F32, 4, 8, 1, arena);
      WeightMatrix other = WeightMatrix.random(QuantType.F32, 8, 4, 1, arena);
      float[] same = new float[8];

      assertThatIllegalArgumentException()
          .isThrownBy(() -> gemv.multiply(other, new float[8], new float[8]))
          .withMessageContainingAll("F32 FILE 4 x 8", "F32 FILE 8 x 4");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> gemv.multiply(w, new float[7], new float[4]))
          .withMessage("the matrix has 8 columns, but x has only 7 activations");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> gemv.multiply(w, new float[8], new float[3]))
          .withMessage("the matrix has 4 rows, but y has room for only 3");
      assertThatIllegalArgumentException().isThrownBy(() -> gemv.multiply(w, same, same));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Gemv.plan(QuantType.Q8_0, MatrixLayout.FILE, 4, 40, team))
          .withMessageContainingAll("multiple of 32", "40");
    }
  }

  private static float[] multiply(
      QuantType type, MatrixLayout layout, int rows, int cols, float[] x) {
    try (Arena arena = Arena.ofConfined();
        WorkerTeam team = WorkerTeam.of(1)) {
      float[] y = new float[rows];
      Gemv.plan(type, layout, rows, cols, team)
          .multiply(WeightMatrix.random(type, layout, rows, cols, 5, arena), x, y);
      return y;
    }
  }

  private static float[] gaussian(int count, Random random) {
    return generate(count, i -> random.nextGaussian());
  }

  private static float[] generate(int count, IntToDoubleFunction function) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) function.applyAsDouble(i);
    }
    return values;
  }
}
