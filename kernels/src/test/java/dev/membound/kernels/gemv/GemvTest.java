package dev.membound.kernels.gemv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.KernelProvider;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kernel of this process's width against the binary64 sum over the decoded weights. */
@Tag("width")
class GemvTest {
  private static final double UNIT_ROUNDOFF = 0x1p-24;
  private static final int ACTIVATION_BLOCK = 32;

  /** Sizes that take every inner loop, alone and together with others, and their remainders. */
  private static final int[][] BATCHES_BY_TEAM = {{1, 16}, {2, 7}, {3, 12}};

  static Stream<Arguments> kernels() {
    return Arrays.stream(QuantType.values())
        .flatMap(
            type -> Arrays.stream(MatrixLayout.values()).map(layout -> Arguments.of(type, layout)));
  }

  /** The kernels for one vector that a plan takes by itself, and all for several. */
  static Stream<Arguments> paths() {
    return kernels()
        .flatMap(
            kernel -> {
              QuantType type = (QuantType) kernel.get()[0];
              MatrixLayout layout = (MatrixLayout) kernel.get()[1];
              return Gemv.activationPaths(type, layout, 1).stream()
                  .map(path -> Arguments.of(type, layout, path));
            });
  }

  @ParameterizedTest
  @MethodSource("paths")
  void staysWithinItsBoundAtEveryShapeBatchAndTeam(
      QuantType type, MatrixLayout layout, ActivationPath path) {
    int[][] shapes = {{1, 32}, {2, 64}, {3, 96}, {17, 224}, {64, 2048}, {65, 2144}, {131, 4160}};
    for (int[] shape : shapes) {
      assertBound(type, layout, path, shape[0], wholeBlocks(type, shape[1]));
    }
    if (type.blockElements() == 1) {
      for (int cols : new int[] {1, 2, 3, 15, 31, 33, 2049, 2079}) {
        assertBound(type, layout, path, 35, cols);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16", "Q8_0", "Q4_0"})
  void rowsWhoseActivationsOutgrowTheFirstCacheStayWithinTheirBound(QuantType type) {
    ActivationPath path = Gemv.activationPaths(type, MatrixLayout.FILE, 1).getFirst();
    for (int rows : new int[] {1, 2, 5, 8, 11, 12, 13, 23, 35}) {
      assertBound(type, MatrixLayout.FILE, path, rows, wholeBlocks(type, 6211));
    }
  }

  /** {@code cols}, or the next number of columns that the format has rows of. */
  private static int wholeBlocks(QuantType type, int cols) {
    return Math.ceilDiv(cols, type.blockElements()) * type.blockElements();
  }

  private static void assertBound(
      QuantType type, MatrixLayout layout, ActivationPath path, int rows, int cols) {
    Random random = new Random(31L * rows + cols);
    try (Arena arena = Arena.ofShared()) {
      WeightMatrix w = encode(type, layout, rows, cols, gaussian(rows * cols, random), arena);
      float[] x = gaussian(Gemv.LARGEST_BATCH * cols, random);
      for (int workers = 1; workers <= BATCHES_BY_TEAM.length; workers++) {
        try (WorkerTeam team = WorkerTeam.of(workers)) {
          for (int batch : BATCHES_BY_TEAM[workers - 1]) {
            assertBound(w, path, Arrays.copyOf(x, batch * cols), team);
          }
        }
      }
    }
  }

  private static WeightMatrix encode(
      QuantType type, MatrixLayout layout, int rows, int cols, float[] weights, Arena arena) {
    WeightMatrix file = WeightMatrix.encode(type, weights, rows, cols, arena);
    return layout == MatrixLayout.PACKED ? file.pack(arena) : file;
  }

  /**
   * @param x as many vectors as it holds
   */
  private static void assertBound(WeightMatrix w, ActivationPath path, float[] x, WorkerTeam team) {
    int rows = w.rows();
    int cols = w.cols();
    int batch = x.length / cols;
    Gemv gemv = Gemv.plan(w.type(), w.layout(), rows, cols, batch, path, team);
    assertThat(gemv.activationPath()).isEqualTo(path);
    float[] y = new float[batch * rows + 2];
    Arrays.fill(y, Float.MAX_VALUE);

    gemv.multiply(w, x, y);

    float[] largest = largestOfBlocks(x, cols);
    float[] row = new float[cols];
    for (int r = 0; r < rows; r++) {
      w.decodeRow(r, row);
      for (int vector = 0; vector < batch; vector++) {
        int from = vector * cols;
        double exact = 0;
        double products = 0;
        double blockwise = 0;
        for (int c = 0; c < cols; c++) {
          double product = (double) row[c] * x[from + c];
          exact += product;
          products += Math.abs(product);
          blockwise += Math.abs((double) row[c] * largest[from + c]);
        }
        double error = Math.abs(y[vector * rows + r] - exact);
        double bound = bound(path, cols, products, blockwise);
        if (!(error <= bound)) { // an assertion for every result would take most of the time
          fail(
              "row %d of %d x %d, vector %d of %d, %d workers: off by %g, bound %g",
              r, rows, cols, vector, batch, team.size(), error, bound);
        }
      }
    }
    assertThat(y[batch * rows]).isEqualTo(Float.MAX_VALUE);
    assertThat(y[batch * rows + 1]).isEqualTo(Float.MAX_VALUE);
  }

  /** For each activation, the largest magnitude in its block. */
  private static float[] largestOfBlocks(float[] x, int cols) {
    float[] largest = new float[x.length];
    for (int row = 0; row < x.length; row += cols) {
      for (int block = row; block < row + cols; block += ACTIVATION_BLOCK) {
        int end = Math.min(block + ACTIVATION_BLOCK, row + cols);
        float most = 0;
        for (int i = block; i < end; i++) {
          most = Math.max(most, Math.abs(x[i]));
        }
        Arrays.fill(largest, block, end, most);
      }
    }
    return largest;
  }

  /**
   * The bound that {@link Gemv} states.
   *
   * @param products sum of |weight·activation|
   * @param blockwise sum of |weight| times the largest activation of the block
   */
  private static double bound(ActivationPath path, int cols, double products, double blockwise) {
    return switch (path) {
      case FLOAT -> (cols + 4) * UNIT_ROUNDOFF * products;
      case INT8 -> ((cols / 32 + 8) * UNIT_ROUNDOFF + 1.0 / 253) * blockwise;
    };
  }

  @ParameterizedTest
  @MethodSource("paths")
  void staysWithinItsBoundOnExtremeValuesAloneAndTogether(
      QuantType type, MatrixLayout layout, ActivationPath path) {
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
    float[] together = generate(6 * cols, i -> activations[i / cols].applyAsDouble(i % cols));
    try (WorkerTeam team = WorkerTeam.of(1)) {
      for (IntToDoubleFunction weighting : weightings) {
        try (Arena arena = Arena.ofShared()) {
          float[] weights = generate(rows * cols, weighting);
          WeightMatrix w = encode(type, layout, rows, cols, weights, arena);
          for (IntToDoubleFunction activation : activations) {
            assertBound(w, path, generate(cols, activation), team);
          }
          assertBound(w, path, together, team);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void aResultDependsOnItsOwnVectorAlone(QuantType type, MatrixLayout layout, ActivationPath path) {
    int rows = 70;
    int cols = wholeBlocks(type, 2112);
    float[] x = gaussian(16 * cols, new Random(4));
    float[] together = multiply(type, layout, path, rows, cols, 16, 1, x);
    for (int vector = 0; vector < 15; vector += 3) {
      float[] two = Arrays.copyOfRange(x, vector * cols, (vector + 2) * cols);
      assertThat(multiply(type, layout, path, rows, cols, 2, 1, two))
          .isEqualTo(Arrays.copyOfRange(together, vector * rows, (vector + 2) * rows));
    }
    for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      x[5 * cols + 40] = odd;
      float[] spoilt = multiply(type, layout, path, rows, cols, 16, 1, x);
      for (int i = 0; i < spoilt.length; i++) {
        if (i / rows == 5) {
          assertThat(Float.isFinite(spoilt[i])).isFalse();
        } else {
          assertThat(spoilt[i]).isEqualTo(together[i]);
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
    assertOnlyItsRowIsNotFinite(type, 9, 5 * Math.max(32, type.blockElements()));
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "Q8_0"})
  void aNonFiniteScaleOfALongRowMakesItsRowNonFiniteAndNoOther(QuantType type) {
    assertOnlyItsRowIsNotFinite(type, 14, 5 * 1248);
  }

  /**
   * @param cols five times a multiple of blocks
   */
  private static void assertOnlyItsRowIsNotFinite(QuantType type, int rows, int cols) {
    MatrixLayout layout = MatrixLayout.FILE;
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
          float[] x = gaussian(3 * cols, new Random(3));
          for (int batch : new int[] {1, 3}) {
            for (ActivationPath path : Gemv.activationPaths(type, layout, batch)) {
              float[] y = new float[batch * rows];

              Gemv.plan(type, layout, rows, cols, batch, path, team).multiply(w, x, y);

              for (int i = 0; i < y.length; i++) {
                assertThat(Float.isFinite(y[i])).isEqualTo(i % rows != badRow);
              }
            }
          }
        }
      }
    }
  }

  /**
   * Kernels that sum two products of bytes in 16 bits have 255 of 32768 to spare: every sign of the
   * largest ones, at the two row lengths that differ in kernels.
   */
  @ParameterizedTest
  @CsvSource({"Q8_0, FILE", "Q8_0, PACKED", "IQ4_NL, FILE", "IQ4_NL, PACKED"})
  void theLargestProductsOfBytesDoNotOverflow(QuantType type, MatrixLayout layout) {
    int rows = 33;
    byte[] extremes =
        type == QuantType.Q8_0 ? new byte[] {-128, 127} : new byte[] {0x00, (byte) 0xFF};
    for (int cols : new int[] {1024, 6400}) {
      try (Arena arena = Arena.ofConfined();
          WorkerTeam team = WorkerTeam.of(1)) {
        WeightMatrix file = WeightMatrix.random(type, rows, cols, 5, arena);
        for (long at = 0; at < file.data().byteSize(); at++) {
          byte extreme = extremes[Long.bitCount(at / 7) & 1];
          file.data()
              .set(
                  ValueLayout.JAVA_BYTE,
                  at,
                  at < file.data().byteSize() / 2 ? extremes[0] : extreme);
        }
        for (long at = 0; at < file.data().byteSize(); at += type.blockBytes()) {
          file.data().set(ValueLayout.JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(1));
        }
        WeightMatrix w = layout == MatrixLayout.PACKED ? file.pack(arena) : file;
        Gemv gemv = Gemv.plan(type, layout, rows, cols, team);
        for (int period : new int[] {1, 2, 4, 8, 64}) {
          float[] x = generate(cols, i -> i / period % 2 == 0 ? 127 : -127);
          float[] y = new float[rows];

          gemv.multiply(w, x, y);

          float[] weights = new float[cols];
          for (int row = 0; row < rows; row++) {
            file.decodeRow(row, weights);
            double expected = 0;
            for (int c = 0; c < cols; c++) {
              expected += (double) weights[c] * x[c];
            }
            assertThat((double) y[row])
                .isCloseTo(expected, within(30_000.0)); // a lost carry is 65536
          }
        }
      }
    }
  }

  /** MXFP4's largest scales make infinities of the larger codes, here ones that cancel. */
  @Test
  void weightsThatOverflowMakeTheirRowNonFiniteAndNoOther() {
    int rows = 5;
    int cols = 96;
    byte largestScale = (byte) 254;
    byte fourAndMinusFour = (byte) 0xE6;
    byte oneAndMinusOne = (byte) 0xA2;
    try (Arena arena = Arena.ofConfined();
        WorkerTeam team = WorkerTeam.of(1)) {
      WeightMatrix w = WeightMatrix.random(QuantType.MXFP4, rows, cols, 5, arena);
      for (int row = 2; row <= 3; row++) {
        long block = row * QuantType.MXFP4.rowBytes(cols) + QuantType.MXFP4.blockBytes();
        w.data()
            .asSlice(block, QuantType.MXFP4.blockBytes())
            .fill(row == 2 ? fourAndMinusFour : oneAndMinusOne);
        w.data().set(ValueLayout.JAVA_BYTE, block, row == 2 ? largestScale : (byte) 127);
      }
      float[] x = new float[cols];
      Arrays.fill(x, 1);
      for (ActivationPath path : Gemv.activationPaths(QuantType.MXFP4, MatrixLayout.FILE, 1)) {
        float[] y = new float[rows];

        Gemv.plan(QuantType.MXFP4, MatrixLayout.FILE, rows, cols, 1, path, team).multiply(w, x, y);

        for (int row = 0; row < rows; row++) {
          assertThat(Float.isFinite(y[row])).isEqualTo(row != 2);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FP8_E4M3_B128", "FP8_E5M2_B128"})
  void aHugeActivationUnderZeroWeightsLeavesTheOthersProducts(QuantType type) {
    int cols = 128;
    float[] weights = new float[cols];
    Arrays.fill(weights, 1);
    weights[0] = 0;
    try (Arena arena = Arena.ofConfined();
        WorkerTeam team = WorkerTeam.of(1)) {
      for (MatrixLayout layout : MatrixLayout.values()) {
        WeightMatrix w = WeightMatrix.encode(type, weights, 1, cols, arena);
        w = layout == MatrixLayout.PACKED ? w.pack(arena) : w;
        for (float huge : new float[] {1e30f, 4e32f, 1e35f}) {
          float[] x = new float[cols];
          x[0] = huge;
          x[1] = huge / 1024;
          float[] y = new float[1];

          Gemv.plan(type, layout, 1, cols, 1, team).multiply(w, x, y);

          assertThat(y[0]).isCloseTo(x[1], withinPercentage(1e-3));
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
  @MethodSource("paths")
  void readsNothingOutsideTheMatrixAndWritesNothingIntoIt(
      QuantType type, MatrixLayout layout, ActivationPath path) {
    int rows = 35;
    int cols = wholeBlocks(type, 32 * 7);
    int guard = 256;
    for (int batch : new int[] {1, 5}) {
      float[] x = gaussian(batch * cols, new Random(11));
      float[] expected = multiply(type, layout, path, rows, cols, batch, 1, x);
      try (Arena arena = Arena.ofConfined();
          WorkerTeam team = WorkerTeam.of(1)) {
        WeightMatrix w = WeightMatrix.random(type, layout, rows, cols, 5, arena);
        // Guards that would be NaN in any format; the matrix itself at an odd address.
        MemorySegment around = arena.allocate(w.byteSize() + 2 * guard + 1, 64);
        around.fill((byte) 0xFF);
        MemorySegment inside = around.asSlice(guard + 1, w.byteSize());
        inside.copyFrom(w.data());
        float[] y = new float[batch * rows];

        Gemv.plan(type, layout, rows, cols, batch, path, team)
            .multiply(new WeightMatrix(type, layout, rows, cols, inside), x, y);

        assertThat(y).isEqualTo(expected);
        assertThat(inside.mismatch(w.data())).isEqualTo(-1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void givesTheSameBitsWhateverTheTeam(QuantType type, MatrixLayout layout, ActivationPath path) {
    int rows = 133;
    int cols = wholeBlocks(type, 2112);
    for (int batch : new int[] {1, 6}) {
      float[] x = gaussian(batch * cols, new Random(2));
      float[] alone = multiply(type, layout, path, rows, cols, batch, 1, x);
      for (int workers : new int[] {2, 3, 5}) {
        assertThat(multiply(type, layout, path, rows, cols, batch, workers, x)).isEqualTo(alone);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16", "Q8_0", "Q4_0"})
  void sharesOfFewerRowsThanAreTakenAtOnceGiveTheSameBits(QuantType type) {
    ActivationPath path = Gemv.activationPaths(type, MatrixLayout.FILE, 1).getFirst();
    int cols = wholeBlocks(type, 6211);
    float[] x = gaussian(cols, new Random(13));
    for (int rows : new int[] {2, 11, 12, 13, 29}) {
      float[] alone = multiply(type, MatrixLayout.FILE, path, rows, cols, 1, 1, x);
      for (int workers : new int[] {2, 3, 5}) {
        assertThat(multiply(type, MatrixLayout.FILE, path, rows, cols, 1, workers, x))
            .isEqualTo(alone);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void whatFollowsTheActivationsInTheirArrayDoesNotMatter(
      QuantType type, MatrixLayout layout, ActivationPath path) {
    int rows = 40;
    int cols = wholeBlocks(type, 96);
    for (int batch : new int[] {1, 3}) {
      float[] x = gaussian(batch * cols, new Random(12));
      float[] longer = Arrays.copyOf(x, x.length + 100);
      Arrays.fill(longer, x.length, longer.length, Float.NaN);
      assertThat(multiply(type, layout, path, rows, cols, batch, 2, longer))
          .isEqualTo(multiply(type, layout, path, rows, cols, batch, 2, x));
    }
  }

  @Test
  void offersBothPathsWhereBothMakeSenseAndRecordsTheOneTaken() {
    boolean vectorised = KernelProvider.current().isVectorised();
    try (WorkerTeam team = WorkerTeam.of(1)) {
      assertThat(Gemv.activationPaths(QuantType.F16, MatrixLayout.FILE, 1))
          .containsExactly(ActivationPath.FLOAT);
      for (QuantType type :
          new QuantType[] {QuantType.Q8_0, QuantType.Q4_0, QuantType.Q4_K, QuantType.NVFP4}) {
        for (MatrixLayout layout : MatrixLayout.values()) {
          for (int batch : new int[] {1, 2, 16}) {
            List<ActivationPath> paths = Gemv.activationPaths(type, layout, batch);
            assertThat(paths)
                .containsExactlyInAnyOrder(
                    vectorised
                        ? ActivationPath.values()
                        : new ActivationPath[] {ActivationPath.FLOAT});
            int cols = type.blockElements();
            assertThat(Gemv.plan(type, layout, 4, cols, batch, team).activationPath())
                .isEqualTo(paths.getFirst());
          }
        }
      }
      assertThat(Gemv.plan(QuantType.Q4_0, MatrixLayout.PACKED, 4, 32, team).activationPath())
          .isEqualTo(vectorised ? ActivationPath.INT8 : ActivationPath.FLOAT);
      assertThat(Gemv.activationPaths(QuantType.Q4_0, MatrixLayout.PACKED, 16).getFirst())
          .isEqualTo(vectorised ? ActivationPath.INT8 : ActivationPath.FLOAT);
      assertThat(Gemv.activationPaths(QuantType.Q8_0, MatrixLayout.PACKED, 16).getFirst())
          .isEqualTo(ActivationPath.FLOAT);
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  Gemv.plan(QuantType.F32, MatrixLayout.FILE, 4, 32, 1, ActivationPath.INT8, team))
          .withMessage("F32 FILE has no INT8 path, only FLOAT");
    }
  }

  @Test
  void refusesABatchOutOfRangeOrBeyondItsArrays() {
    try (Arena arena = Arena.ofConfined();
        WorkerTeam team = WorkerTeam.of(1)) {
      for (int batch : new int[] {-1, 0, 17}) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> Gemv.plan(QuantType.F32, MatrixLayout.FILE, 4, 8, batch, team))
            .withMessage("a batch has 1 to 16 vectors, not " + batch);
      }
      Gemv gemv = Gemv.plan(QuantType.F32, MatrixLayout.FILE, 4, 8, 3, team);
      WeightMatrix w = WeightMatrix.random(QuantType.F32, 4, 8, 1, arena);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> gemv.multiply(w, new float[23], new float[12]))
          .withMessage(
              "the matrix has 8 columns and the batch 3 vectors, but x has only 23 activations");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> gemv.multiply(w, new float[24], new float[11]))
          .withMessage("the matrix has 4 rows and the batch 3 vectors, but y has room for only 11");
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aMatrixInAnArrayGivesTheSameBits(QuantType type, MatrixLayout layout) {
    int cols = wholeBlocks(type, 256);
    try (Arena arena = Arena.ofConfined();
        WorkerTeam team = WorkerTeam.of(1)) {
      WeightMatrix w = WeightMatrix.random(type, layout, 40, cols, 7, arena);
      MemorySegment array = MemorySegment.ofArray(w.data().toArray(ValueLayout.JAVA_BYTE));
      WeightMatrix onHeap = new WeightMatrix(type, layout, 40, cols, array);
      float[] x = new float[cols];
      for (int c = 0; c < cols; c++) {
        x[c] = (c % 17 - 8) / 8f;
      }
      float[] expected = new float[40];
      float[] actual = new float[40];
      Gemv gemv = Gemv.plan(type, layout, 40, cols, team);

      gemv.multiply(w, x, expected);
      gemv.multiply(onHeap, x, actual);

      assertThat(actual).isEqualTo(expected);
    }
  }

  @Test
  void refusesAMatrixWhoseArenaIsClosed() {
    WeightMatrix w;
    try (Arena arena = Arena.ofConfined()) {
      w = WeightMatrix.random(QuantType.Q8_0, MatrixLayout.PACKED, 4, 32, 1, arena);
    }
    try (WorkerTeam team = WorkerTeam.of(1)) {
      Gemv gemv = Gemv.plan(QuantType.Q8_0, MatrixLayout.PACKED, 4, 32, team);

      assertThatIllegalStateException()
          .isThrownBy(() -> gemv.multiply(w, new float[32], new float[4]));
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
    ActivationPath path = Gemv.activationPaths(type, layout, 1).getFirst();
    return multiply(type, layout, path, rows, cols, 1, 1, x);
  }

  private static float[] multiply(
      QuantType type,
      MatrixLayout layout,
      ActivationPath path,
      int rows,
      int cols,
      int batch,
      int workers,
      float[] x) {
    try (Arena arena = Arena.ofShared();
        WorkerTeam team = WorkerTeam.of(workers)) {
      WeightMatrix w = WeightMatrix.random(type, layout, rows, cols, 5, arena);
      Gemv gemv = Gemv.plan(type, layout, rows, cols, batch, path, team);
      float[] y = new float[batch * rows];
      gemv.multiply(w, x, y);
      float[] first = y.clone();
      gemv.multiply(w, x, y);
      assertThat(y).as("a second call").isEqualTo(first);
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
