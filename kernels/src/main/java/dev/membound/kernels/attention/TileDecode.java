package dev.membound.kernels.attention;

import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** What vector code has to know about a type's decoded values. */
final class TileDecode {
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
   * Decodes the scales of a tile.
   *
   * @param rows rows of 16 scales, lane = token: {@link #scaleRows}
   * @param times multiplies them
   * @param to receives {@code rows × 16}
   */
  static void scales(
      KvType type, MemorySegment memory, long tile, int rows, float times, float[] to) {
    if (type == KvType.Q8_0) {
      for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
        for (int row = 0; row < rows; row += 2) {
          IntVector pair =
              IntVector.fromMemorySegment(
                  Species.INT, memory, tile + row / 2 * LINE + lane * 4L, ORDER);
          pair.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, 3)
              .and(FusedTiles.F16_BITS)
              .reinterpretAsFloats()
              .mul(0x1p112f * times)
              .intoArray(to, row * LANES + lane);
          pair.lanewise(VectorOperators.ASHR, 3)
              .and(FusedTiles.F16_BITS)
              .reinterpretAsFloats()
              .mul(0x1p112f * times)
              .intoArray(to, (row + 1) * LANES + lane);
        }
      }
      return;
    }
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      FloatVector.fromMemorySegment(Species.FLOAT, memory, tile + lane * 4L, ORDER)
          .mul(times)
          .intoArray(to, lane);
    }
  }

  /** Multiplies 16 weights by each row of scales. */
  static void scaleWeights(
      float[] weights, int from, float[] scales, int rows, float[] to, int toAt) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      FloatVector weight = FloatVector.fromArray(Species.FLOAT, weights, from + lane);
      for (int row = 0; row < rows * LANES; row += LANES) {
        weight
            .mul(FloatVector.fromArray(Species.FLOAT, scales, row + lane))
            .intoArray(to, toAt + row + lane);
      }
    }
  }
}
