package dev.membound.kernels.matrix;

import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * 8-bit weights of checkpoints that keep their scales in a tensor of their own: FP8 with one scale
 * a tensor or one for 128 × 128 weights (DeepSeek-V3), int8 with one an output channel. They become
 * blocks of {@value #BLOCK} columns that carry their scale, 3 % longer, bit for bit the same
 * weights {@code q·scale}.
 */
public final class ScaledBytes {
  private static final int BLOCK = 128;
  private static final ValueLayout.OfFloat SCALE =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private ScaledBytes() {}

  /**
   * One scale for all weights.
   *
   * @param type {@link QuantType#FP8_E4M3_B128}, {@link QuantType#FP8_E5M2_B128} or {@link
   *     QuantType#INT8_B128}
   * @param bytes [rows, cols], row-major
   * @param cols a multiple of {@value #BLOCK}
   * @throws IllegalArgumentException if the type has no 8-bit weights, or a size does not fit
   */
  public static WeightMatrix perTensor(
      QuantType type, MemorySegment bytes, float scale, int rows, int cols, Arena arena) {
    float[] scales = {scale};
    return join(type, bytes, scales, rows, 0, rows, cols, arena);
  }

  /**
   * One scale a row: an output channel.
   *
   * @param scales one for each row
   */
  public static WeightMatrix perRow(
      QuantType type, MemorySegment bytes, float[] scales, int rows, int cols, Arena arena) {
    return join(type, bytes, scales, 1, 0, rows, cols, arena);
  }

  /**
   * One scale for {@value #BLOCK} × {@value #BLOCK} weights.
   *
   * @param scales [⌈rows/128⌉, cols/128], row-major; a last block of fewer rows has one too
   */
  public static WeightMatrix perTile(
      QuantType type, MemorySegment bytes, float[] scales, int rows, int cols, Arena arena) {
    return join(type, bytes, scales, BLOCK, 1, rows, cols, arena);
  }

  /**
   * Joins bytes and scales.
   *
   * @param scaleRows rows that share a scale
   * @param scaleStep 1 if every block of columns has its own, else 0
   */
  private static WeightMatrix join(
      QuantType type,
      MemorySegment bytes,
      float[] scales,
      int scaleRows,
      int scaleStep,
      int rows,
      int cols,
      Arena arena) {
    QuantType[] known = {QuantType.FP8_E4M3_B128, QuantType.FP8_E5M2_B128, QuantType.INT8_B128};
    if (!Arrays.asList(known).contains(type)) {
      throw new IllegalArgumentException(type + " is none of " + Arrays.toString(known));
    }
    long size = WeightMatrix.byteSize(type, MatrixLayout.FILE, rows, cols);
    TensorSize.require("of weights", bytes, (long) rows * cols);
    int blocks = cols / BLOCK;
    int scaleCols = scaleStep == 0 ? 1 : blocks;
    long needed = (long) Math.ceilDiv(rows, scaleRows) * scaleCols;
    if (scales.length != needed) {
      throw new IllegalArgumentException(
          "%d scales, but %d x %d weights need %d".formatted(scales.length, rows, cols, needed));
    }
    MemorySegment data = OffHeap.allocate(arena, size);
    long offset = 0;
    for (int row = 0; row < rows; row++) {
      for (int block = 0; block < blocks; block++) {
        int scale = row / scaleRows * scaleCols + block * scaleStep;
        data.set(SCALE, offset, scales[scale]);
        long from = (long) row * cols + (long) block * BLOCK;
        MemorySegment.copy(bytes, from, data, offset + Float.BYTES, BLOCK);
        offset += Float.BYTES + BLOCK;
      }
    }
    return WeightMatrix.wrap(type, rows, cols, data);
  }
}
