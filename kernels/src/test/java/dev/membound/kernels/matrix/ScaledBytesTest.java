package dev.membound.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScaledBytesTest {
  private static final int ROWS = 130;
  private static final int COLS = 256;

  private final byte[] bytes = new byte[ROWS * COLS];

  ScaledBytesTest() {
    new Random(8).nextBytes(bytes);
  }

  @Test
  void aTileOfFp8SharesItsScaleAlsoInTheLastRows() {
    float[] scales = {0.5f, 3, -0.25f, 7};
    try (Arena arena = Arena.ofConfined()) {
      WeightMatrix w =
          ScaledBytes.perTile(
              QuantType.FP8_E5M2_B128, MemorySegment.ofArray(bytes), scales, ROWS, COLS, arena);
      float[] row = new float[COLS];
      for (int r = 0; r < ROWS; r++) {
        w.decodeRow(r, row);
        for (int c = 0; c < COLS; c++) {
          // E5M2 is the upper byte of a binary16.
          float number = Float.float16ToFloat((short) (bytes[r * COLS + c] << 8));
          assertThat(row[c]).isEqualTo(Float.valueOf(number * scales[r / 128 * 2 + c / 128]));
        }
      }
    }
  }

  @Test
  void aRowOfInt8HasOneScale() {
    float[] scales = new float[ROWS];
    for (int r = 0; r < ROWS; r++) {
      scales[r] = 0.01f * (r + 1);
    }
    try (Arena arena = Arena.ofConfined()) {
      WeightMatrix w =
          ScaledBytes.perRow(
              QuantType.INT8_B128, MemorySegment.ofArray(bytes), scales, ROWS, COLS, arena);
      float[] row = new float[COLS];
      for (int r = 0; r < ROWS; r++) {
        w.decodeRow(r, row);
        for (int c = 0; c < COLS; c++) {
          assertThat(row[c]).isEqualTo(bytes[r * COLS + c] * scales[r]);
        }
      }
    }
  }

  @Test
  void aTensorHasOneScale() {
    byte[] ones = new byte[COLS];
    Arrays.fill(ones, (byte) 0x38); // 1 in E4M3
    try (Arena arena = Arena.ofConfined()) {
      WeightMatrix w =
          ScaledBytes.perTensor(
              QuantType.FP8_E4M3_B128, MemorySegment.ofArray(ones), 0.125f, 1, COLS, arena);
      float[] row = new float[COLS];
      w.decodeRow(0, row);
      assertThat(row).containsOnly(0.125f);
    }
  }

  @Test
  void refusesOtherTypesAndSizes() {
    MemorySegment data = MemorySegment.ofArray(bytes);
    try (Arena arena = Arena.ofConfined()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ScaledBytes.perTensor(QuantType.Q8_0, data, 1, ROWS, COLS, arena))
          .withMessageContainingAll("Q8_0", "INT8_B128");
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> ScaledBytes.perRow(QuantType.INT8_B128, data, new float[3], ROWS, COLS, arena))
          .withMessage("3 scales, but 130 x 256 weights need 130");
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> ScaledBytes.perTensor(QuantType.INT8_B128, data, 1, ROWS + 1, COLS, arena))
          .withMessageContainingAll("33280", "33536");
    }
  }
}
