package dev.membound.kernels.attention;

import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** What vector code has to know about a type's decoded values. */
final class TileDecode {
  /** Where an F16 shifted right by 3 has its bits. */
  static final int F16_BITS = 0x8FFFE000;

  /** The upper of two BF16. */
  static final int BF16_BITS = 0xFFFF0000;

  /** Where an E4M3 shifted right by 4 has its bits. */
  static final int E4M3_BITS = 0x87F00000;

  private static final int LANES = TileLayout.LANES;
  private static final int LINE = 64;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private TileDecode() {}

  /**
   * How many times too small decoded values are; queries and weights are multiplied by it. F16
   * keeps its exponent, whose bias is 112 less than that of F32, that of E4M3 120: a {@link #rest}
   * of 8 is left.
   */
  static float factor(KvType type) {
    return type == KvType.F16 || type == KvType.FP8_E4M3 ? 0x1p112f : 1;
  }

  /** By what results are still too small with {@link #factor}, since floats reach no further. */
  static float rest(KvType type) {
    return type == KvType.FP8_E4M3 ? 256 : 1;
  }

  /** Scales that {@link #scales} yields for a tile: 1 a token, or one a block of 32. */
  static int scaleRows(KvType type, int headDim) {
    return type == KvType.Q8_0
        ? TileLayout.paddedDim(type, headDim) / KvType.BLOCK_ELEMENTS
        : type.isScaled() ? 1 : 0;
  }

  /**
   * Decodes the scales of a tile of Q8_0.
   *
   * @param rows rows of 16 scales, lane = token: {@link #scaleRows}
   * @param to receives {@code rows × 16}
   */
  static void scales(MemorySegment memory, long tile, int rows, float[] to) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      for (int row = 0; row < rows; row += 2) {
        IntVector pair =
            IntVector.fromMemorySegment(
                Species.INT, memory, tile + row / 2 * LINE + lane * 4L, ORDER);
        pair.lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 3)
            .and(F16_BITS)
            .reinterpretAsFloats()
            .mul(0x1p112f)
            .intoArray(to, row * LANES + lane);
        pair.lanewise(VectorOperators.ASHR, 3)
            .and(F16_BITS)
            .reinterpretAsFloats()
            .mul(0x1p112f)
            .intoArray(to, (row + 1) * LANES + lane);
      }
    }
  }

  /**
   * Multiplies 16 scores or weights of each head by the scales of their tokens, of a type with one
   * scale a token.
   *
   * @param tile byte offset of the tile
   * @param times multiplies them, too
   */
  static void applyScales(
      MemorySegment memory,
      long tile,
      float times,
      float[] values,
      int from,
      int heads,
      int headStride) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      FloatVector scale =
          FloatVector.fromMemorySegment(Species.FLOAT, memory, tile + lane * 4L, ORDER).mul(times);
      for (int head = 0; head < heads; head++) {
        int at = from + head * headStride + lane;
        FloatVector.fromArray(Species.FLOAT, values, at).mul(scale).intoArray(values, at);
      }
    }
  }

  /** Multiplies 16 weights by each row of scales; the results are weights of a pair each. */
  static void scaleWeights(
      float[] weights, int from, float[] scales, int rows, float[] to, int toAt) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      FloatVector weight = FloatVector.fromArray(Species.FLOAT, weights, from + lane);
      for (int row = 0; row < rows * LANES; row += LANES) {
        weight
            .mul(FloatVector.fromArray(Species.FLOAT, scales, row + lane))
            .intoArray(to, toAt + row / LANES * WeighTiles.PAIR_WEIGHTS + lane);
      }
    }
  }
}
