package dev.membound.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Int4CheckpointTest {
  private static final int INPUTS = 256;
  private static final int OUTPUTS = 24;
  private static final int GROUPS = INPUTS / Int4Checkpoint.GROUP;

  private final int[][] codes = new int[INPUTS][OUTPUTS];
  private final int[][] zeros = new int[GROUPS][OUTPUTS];
  private final short[][] scales = new short[GROUPS][OUTPUTS];
  private final MemorySegment scaleTensor =
      MemorySegment.ofArray(new byte[GROUPS * OUTPUTS * Short.BYTES]);

  Int4CheckpointTest() {
    Random random = new Random(4);
    for (int[] row : codes) {
      for (int n = 0; n < OUTPUTS; n++) {
        row[n] = random.nextInt(16);
      }
    }
    for (int g = 0; g < GROUPS; g++) {
      for (int n = 0; n < OUTPUTS; n++) {
        zeros[g][n] = random.nextInt(16);
        scales[g][n] = Float.floatToFloat16(random.nextFloat() + 0.01f);
        scaleTensor.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * (g * OUTPUTS + n), scales[g][n]);
      }
    }
  }

  /** AWQ's order of outputs in a word, as its packing loop writes it. */
  @Test
  void readsAwqWithOutputsInterleaved() {
    int[] order = {0, 2, 4, 6, 1, 3, 5, 7};
    MemorySegment qweight = awqWords(codes, order);
    MemorySegment qzeros = awqWords(zeros, order);

    assertWeights(Int4Checkpoint.AWQ, qweight, qzeros, 0);
  }

  @Test
  void readsGptqWithInputsPackedAndZerosOneLess() {
    MemorySegment qweight = MemorySegment.ofArray(new byte[INPUTS * OUTPUTS / 2]);
    for (int r = 0; r < INPUTS / 8; r++) {
      for (int n = 0; n < OUTPUTS; n++) {
        int word = 0;
        for (int t = 0; t < 8; t++) {
          word |= codes[8 * r + t][n] << 4 * t;
        }
        qweight.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * (r * OUTPUTS + n), word);
      }
    }
    int[] order = {0, 1, 2, 3, 4, 5, 6, 7};

    assertWeights(Int4Checkpoint.GPTQ, qweight, awqWords(zeros, order), 1);
  }

  @Test
  void refusesShapesAndTensorsThatDoNotFit() {
    MemorySegment qzeros = MemorySegment.ofArray(new byte[GROUPS * OUTPUTS / 2]);
    MemorySegment tooShort = MemorySegment.ofArray(new byte[7]);
    try (Arena arena = Arena.ofConfined()) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> Int4Checkpoint.AWQ.read(tooShort, qzeros, scaleTensor, OUTPUTS, INPUTS, arena))
          .withMessage("the tensor qweight has 7 bytes, but its shape needs 3072");
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> Int4Checkpoint.AWQ.read(tooShort, qzeros, scaleTensor, 12, INPUTS, arena))
          .withMessageContainingAll("AWQ", "12", "multiple");
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> Int4Checkpoint.GPTQ.read(tooShort, qzeros, scaleTensor, OUTPUTS, 130, arena))
          .withMessageContainingAll("multiple of 128", "130");
    }
  }

  private void assertWeights(
      Int4Checkpoint checkpoint, MemorySegment qweight, MemorySegment qzeros, int storedLess) {
    try (Arena arena = Arena.ofConfined()) {
      WeightMatrix w = checkpoint.read(qweight, qzeros, scaleTensor, OUTPUTS, INPUTS, arena);
      float[] row = new float[INPUTS];
      for (int n = 0; n < OUTPUTS; n++) {
        w.decodeRow(n, row);
        for (int k = 0; k < INPUTS; k++) {
          int group = k / Int4Checkpoint.GROUP;
          float scale = Float.float16ToFloat(scales[group][n]);
          assertThat(row[k]).isEqualTo((codes[k][n] - zeros[group][n] - storedLess) * scale);
        }
      }
    }
  }

  private static MemorySegment awqWords(int[][] values, int[] order) {
    MemorySegment words = MemorySegment.ofArray(new byte[values.length * OUTPUTS / 2]);
    for (int r = 0; r < values.length; r++) {
      for (int column = 0; column < OUTPUTS / 8; column++) {
        int word = 0;
        for (int t = 0; t < 8; t++) {
          word |= values[r][8 * column + order[t]] << 4 * t;
        }
        words.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * (r * (OUTPUTS / 8) + column), word);
      }
    }
    return words;
  }
}
