package dev.membound.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("width")
class WeightMatrixTest {
  @ParameterizedTest
  @EnumSource
  void packingIsReversible(QuantType type) {
    int[][] shapes = {{1, 32}, {5, 96}, {33, 2048}, {65, 2304}};
    for (int[] shape : shapes) {
      assertPackingIsReversible(type, shape[0], wholeBlocks(type, shape[1]));
    }
    if (type.blockElements() == 1) {
      assertPackingIsReversible(type, 7, 1);
      assertPackingIsReversible(type, 19, 2051);
    }
  }

  /** {@code cols}, or the next number of columns that the format has rows of. */
  private static int wholeBlocks(QuantType type, int cols) {
    return Math.ceilDiv(cols, type.blockElements()) * type.blockElements();
  }

  private static void assertPackingIsReversible(QuantType type, int rows, int cols) {
    try (Arena arena = Arena.ofConfined()) {
      WeightMatrix file = gaussian(type, rows, cols, arena);
      WeightMatrix packed = file.pack(arena);

      assertThat(packed.byteSize()).isGreaterThanOrEqualTo(file.byteSize());
      assertThat(packed.unpack(arena).data().mismatch(file.data())).isEqualTo(-1);
      float[] fromFile = new float[cols];
      float[] fromPacked = new float[cols];
      for (int row = 0; row < rows; row++) {
        file.decodeRow(row, fromFile);
        packed.decodeRow(row, fromPacked);
        assertThat(fromPacked).isEqualTo(fromFile);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void randomIsTheSameInEitherLayoutAndFinite(QuantType type) {
    try (Arena arena = Arena.ofConfined()) {
      int cols = wholeBlocks(type, 2112);
      WeightMatrix file = WeightMatrix.random(type, 131, cols, 42, arena);
      WeightMatrix packed = WeightMatrix.random(type, MatrixLayout.PACKED, 131, cols, 42, arena);
      WeightMatrix other = WeightMatrix.random(type, 131, cols, 43, arena);

      assertThat(packed.data().mismatch(file.pack(arena).data())).isEqualTo(-1);
      assertThat(other.data().mismatch(file.data())).isNotEqualTo(-1);
      float[] row = new float[cols];
      file.decodeRow(130, row);
      for (float weight : row) {
        assertThat(weight).isBetween(-0.6f, 0.6f);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"F32, 1, 400", "F16, 1, 200", "Q8_0, 32, 3400", "Q4_0, 32, 1800"})
  void aFileMatrixIsExactlyItsBlocks(QuantType type, int block, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      assertThat(WeightMatrix.random(type, 10, 10 * block, 1, arena).byteSize()).isEqualTo(bytes);
    }
  }

  @Test
  void wrapsAMappedTensorAtAnyAlignment() {
    byte[] file = new byte[1 + 34];
    MemorySegment tensor = MemorySegment.ofArray(file).asSlice(1);
    tensor.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, Float.floatToFloat16(0.5f));
    tensor.set(ValueLayout.JAVA_BYTE, 2, (byte) -3);
    float[] row = new float[32];

    WeightMatrix.wrap(QuantType.Q8_0, 1, 32, tensor).decodeRow(0, row);

    assertThat(row[0]).isEqualTo(-1.5f);
  }

  @ParameterizedTest
  @EnumSource
  void refusesToEncodeWhatTheFormatDoesNotHold(QuantType type) {
    int cols = 256;
    for (float huge : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.MAX_VALUE}) {
      float[] weights = new float[2 * cols];
      weights[cols + 5] = huge;
      try (Arena arena = Arena.ofConfined()) {
        WeightMatrix encoded = WeightMatrix.encode(type, weights, 2, cols, arena);
        assertThat(huge).isFinite();
        float[] decoded = new float[cols];
        encoded.decodeRow(1, decoded);
        for (float weight : decoded) {
          assertThat(weight).isFinite();
        }
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining(type + " cannot hold the weights of row 1");
      }
    }
  }

  @Test
  void refusesDataOfAnotherSize() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> WeightMatrix.wrap(QuantType.Q4_0, 2, 64, MemorySegment.ofArray(new byte[71])))
        .withMessageContainingAll("Q4_0", "2 x 64", "72", "71");
  }

  @Test
  void refusesShapesThatNoMatrixHas() {
    try (Arena arena = Arena.ofConfined()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> WeightMatrix.random(QuantType.F32, 0, 4, 1, arena))
          .withMessageContaining("at least 1 row, not 0");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> WeightMatrix.encode(QuantType.Q8_0, new float[33], 1, 33, arena))
          .withMessageContainingAll("multiple of 32", "33");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> WeightMatrix.encode(QuantType.F32, new float[5], 2, 3, arena))
          .withMessage("5 weights do not fill a matrix of 2 x 3");
    }
  }

  @Test
  void refusesToPackTwiceAndToUnpackAFile() {
    try (Arena arena = Arena.ofConfined()) {
      WeightMatrix file = WeightMatrix.random(QuantType.Q4_0, 2, 32, 1, arena);
      assertThatIllegalStateException()
          .isThrownBy(() -> file.pack(arena).pack(arena))
          .withMessage("cannot pack a matrix in the PACKED layout: needs FILE");
      assertThatIllegalStateException()
          .isThrownBy(() -> file.unpack(arena))
          .withMessage("cannot unpack a matrix in the FILE layout: needs PACKED");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = QuantType.class,
      names = {"F16", "Q8_0", "Q4_0"})
  void refusesToPackANonFiniteHalfAndSaysWhere(QuantType type) {
    try (Arena arena = Arena.ofConfined()) {
      WeightMatrix file = WeightMatrix.random(type, 3, 64, 1, arena);
      long secondBlockOfRow2 =
          2 * type.rowBytes(64) + 32L / type.blockElements() * type.blockBytes();
      file.data().set(ValueLayout.JAVA_SHORT_UNALIGNED, secondBlockOfRow2, (short) 0xFC00);

      assertThatIllegalArgumentException()
          .isThrownBy(() -> file.pack(arena))
          .withMessageContainingAll("row 2", "columns from 32", "not finite", "FILE");
    }
  }

  private static WeightMatrix gaussian(QuantType type, int rows, int cols, Arena arena) {
    Random random = new Random(rows * 31L + cols);
    return WeightMatrix.encode(
        type,
        (row, target) -> {
          for (int c = 0; c < cols; c++) {
            target[c] = (float) random.nextGaussian();
          }
        },
        rows,
        cols,
        arena);
  }
}
