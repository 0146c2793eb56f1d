package dev.membound.kernels.attention;

import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * As {@link WeighTiles} and {@link WeighByteTiles} for a single query head, as multi-head attention
 * has for each KV head: a quarter of the arithmetic.
 */
final class WeighOneHead {
  private static final int PAIR_WEIGHTS = WeighTiles.PAIR_WEIGHTS;
  private static final int LANES = TileLayout.LANES;
  private static final int DIMS = TileLayout.PANEL_DIMS;
  private static final int BYTE_DIMS = TileLayout.BYTE_PANEL_DIMS;
  private static final int F16_BITS = TileDecode.F16_BITS;
  private static final int BF16_BITS = TileDecode.BF16_BITS;
  private static final int E4M3_BITS = TileDecode.E4M3_BITS;
  private static final int HALF_LINE = 64;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private WeighOneHead() {}

  /**
   * Pairs of tiles of F16, decoded as in {@link ScoreTiles#passF16}.
   *
   * @param tiles byte offsets of a near and a far tile for each pair
   * @param panels panels of 32 dimensions
   * @param lineBytes 64; a parameter, since C2 splits the loop at a constant stride
   * @param p weights of the tiles' tokens: of pair {@code i} 16 near and 16 far ones from {@code
   *     i·PAIR_WEIGHTS}
   * @param o outputs from {@code oStart}
   */
  static void f16(
      MemorySegment memory,
      long[] tiles,
      int pairs,
      int panels,
      int lineBytes,
      float[] p,
      float[] o,
      int oStart) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      int to = oStart + lane;
      for (int pair = 0; pair < pairs; pair++) {
        long near = tiles[2 * pair] + lane * 4L;
        long far = tiles[2 * pair + 1] + lane * 4L;
        int weights = pair * PAIR_WEIGHTS;
        for (int panel = 0; panel < panels; panel++) {
          long panelBytes = (long) (panel * LANES) * lineBytes;
          long nearPanel = near + panelBytes;
          long farPanel = far + panelBytes;
          int at = to + panel * DIMS;
          FloatVector a = FloatVector.fromArray(Species.FLOAT, o, at);
          FloatVector b = FloatVector.fromArray(Species.FLOAT, o, at + LANES);
          FloatVector e = FloatVector.zero(Species.FLOAT);
          FloatVector f = e;
          for (int t = 0; t < LANES; t++) {
            IntVector v =
                IntVector.fromMemorySegment(
                    Species.INT, memory, nearPanel + (long) t * lineBytes, ORDER);
            FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[weights + t]);
            a =
                v.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(F16_BITS)
                    .reinterpretAsFloats()
                    .fma(p0, a);
            b = v.lanewise(VectorOperators.ASHR, 3).and(F16_BITS).reinterpretAsFloats().fma(p0, b);
            IntVector w =
                IntVector.fromMemorySegment(
                    Species.INT, memory, farPanel + (long) t * lineBytes, ORDER);
            FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[weights + t + LANES]);
            e =
                w.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(F16_BITS)
                    .reinterpretAsFloats()
                    .fma(p1, e);
            f = w.lanewise(VectorOperators.ASHR, 3).and(F16_BITS).reinterpretAsFloats().fma(p1, f);
          }
          FloatVector.zero(Species.FLOAT).add(a).add(e).intoArray(o, at);
          FloatVector.zero(Species.FLOAT).add(b).add(f).intoArray(o, at + LANES);
        }
      }
    }
  }

  /** As {@link #f16} for BF16. */
  static void bf16(
      MemorySegment memory,
      long[] tiles,
      int pairs,
      int panels,
      int lineBytes,
      float[] p,
      float[] o,
      int oStart) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      int to = oStart + lane;
      for (int pair = 0; pair < pairs; pair++) {
        long near = tiles[2 * pair] + lane * 4L;
        long far = tiles[2 * pair + 1] + lane * 4L;
        int weights = pair * PAIR_WEIGHTS;
        for (int panel = 0; panel < panels; panel++) {
          long panelBytes = (long) (panel * LANES) * lineBytes;
          long nearPanel = near + panelBytes;
          long farPanel = far + panelBytes;
          int at = to + panel * DIMS;
          FloatVector a = FloatVector.fromArray(Species.FLOAT, o, at);
          FloatVector b = FloatVector.fromArray(Species.FLOAT, o, at + LANES);
          FloatVector e = FloatVector.zero(Species.FLOAT);
          FloatVector f = e;
          for (int t = 0; t < LANES; t++) {
            IntVector v =
                IntVector.fromMemorySegment(
                    Species.INT, memory, nearPanel + (long) t * lineBytes, ORDER);
            FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[weights + t]);
            a = v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(p0, a);
            b = v.and(BF16_BITS).reinterpretAsFloats().fma(p0, b);
            IntVector w =
                IntVector.fromMemorySegment(
                    Species.INT, memory, farPanel + (long) t * lineBytes, ORDER);
            FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[weights + t + LANES]);
            e = w.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(p1, e);
            f = w.and(BF16_BITS).reinterpretAsFloats().fma(p1, f);
          }
          FloatVector.zero(Species.FLOAT).add(a).add(e).intoArray(o, at);
          FloatVector.zero(Species.FLOAT).add(b).add(f).intoArray(o, at + LANES);
        }
      }
    }
  }

  /** As {@link #f16} for F32, whose line is 128 bytes. */
  static void f32(
      MemorySegment memory,
      long[] tiles,
      int pairs,
      int panels,
      int lineBytes,
      float[] p,
      float[] o,
      int oStart) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      int to = oStart + lane;
      for (int pair = 0; pair < pairs; pair++) {
        long near = tiles[2 * pair] + lane * 4L;
        long far = tiles[2 * pair + 1] + lane * 4L;
        int weights = pair * PAIR_WEIGHTS;
        for (int panel = 0; panel < panels; panel++) {
          long panelBytes = (long) (panel * LANES) * lineBytes;
          long nearPanel = near + panelBytes;
          long farPanel = far + panelBytes;
          int at = to + panel * DIMS;
          FloatVector a = FloatVector.fromArray(Species.FLOAT, o, at);
          FloatVector b = FloatVector.fromArray(Species.FLOAT, o, at + LANES);
          FloatVector e = FloatVector.zero(Species.FLOAT);
          FloatVector f = e;
          for (int t = 0; t < LANES; t++) {
            long nearLine = nearPanel + (long) t * lineBytes;
            FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[weights + t]);
            a = p0.fma(FloatVector.fromMemorySegment(Species.FLOAT, memory, nearLine, ORDER), a);
            b =
                p0.fma(
                    FloatVector.fromMemorySegment(
                        Species.FLOAT, memory, nearLine + HALF_LINE, ORDER),
                    b);
            long farLine = farPanel + (long) t * lineBytes;
            FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[weights + t + LANES]);
            e = p1.fma(FloatVector.fromMemorySegment(Species.FLOAT, memory, farLine, ORDER), e);
            f =
                p1.fma(
                    FloatVector.fromMemorySegment(
                        Species.FLOAT, memory, farLine + HALF_LINE, ORDER),
                    f);
          }
          FloatVector.zero(Species.FLOAT).add(a).add(e).intoArray(o, at);
          FloatVector.zero(Species.FLOAT).add(b).add(f).intoArray(o, at + LANES);
        }
      }
    }
  }

  /**
   * As {@link #f16} for signed integers of 1 byte; weights are times their scales.
   *
   * @param scaleBytes from a tile's start to its first line
   * @param panels panels of 64 dimensions
   */
  static void integer(
      MemorySegment memory,
      long[] tiles,
      int pairs,
      int scaleBytes,
      int panels,
      int lineBytes,
      float[] p,
      float[] o,
      int oStart) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      int to = oStart + lane;
      for (int pair = 0; pair < pairs; pair++) {
        long near = tiles[2 * pair] + scaleBytes + lane * 4L;
        long far = tiles[2 * pair + 1] + scaleBytes + lane * 4L;
        int weights = pair * PAIR_WEIGHTS;
        for (int panel = 0; panel < panels; panel++) {
          long panelBytes = (long) (panel * LANES) * lineBytes;
          long nearPanel = near + panelBytes;
          long farPanel = far + panelBytes;
          int at = to + panel * BYTE_DIMS;
          FloatVector a = FloatVector.fromArray(Species.FLOAT, o, at);
          FloatVector b = FloatVector.fromArray(Species.FLOAT, o, at + LANES);
          FloatVector c = FloatVector.fromArray(Species.FLOAT, o, at + 2 * LANES);
          FloatVector d = FloatVector.fromArray(Species.FLOAT, o, at + 3 * LANES);
          FloatVector e = FloatVector.zero(Species.FLOAT);
          FloatVector f = e;
          FloatVector g = e;
          FloatVector h = e;
          for (int t = 0; t < LANES; t++) {
            IntVector v =
                IntVector.fromMemorySegment(
                    Species.INT, memory, nearPanel + (long) t * lineBytes, ORDER);
            FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[weights + t]);
            a =
                ((FloatVector)
                        v.lanewise(VectorOperators.LSHL, 24)
                            .lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0))
                    .fma(p0, a);
            b =
                ((FloatVector)
                        v.lanewise(VectorOperators.LSHL, 16)
                            .lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0))
                    .fma(p0, b);
            c =
                ((FloatVector)
                        v.lanewise(VectorOperators.LSHL, 8)
                            .lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0))
                    .fma(p0, c);
            d =
                ((FloatVector) v.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                    .fma(p0, d);
            IntVector w =
                IntVector.fromMemorySegment(
                    Species.INT, memory, farPanel + (long) t * lineBytes, ORDER);
            FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[weights + t + LANES]);
            e =
                ((FloatVector)
                        w.lanewise(VectorOperators.LSHL, 24)
                            .lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0))
                    .fma(p1, e);
            f =
                ((FloatVector)
                        w.lanewise(VectorOperators.LSHL, 16)
                            .lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0))
                    .fma(p1, f);
            g =
                ((FloatVector)
                        w.lanewise(VectorOperators.LSHL, 8)
                            .lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0))
                    .fma(p1, g);
            h =
                ((FloatVector) w.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                    .fma(p1, h);
          }
          FloatVector.zero(Species.FLOAT).add(a).add(e).intoArray(o, at);
          FloatVector.zero(Species.FLOAT).add(b).add(f).intoArray(o, at + LANES);
          FloatVector.zero(Species.FLOAT).add(c).add(g).intoArray(o, at + 2 * LANES);
          FloatVector.zero(Species.FLOAT).add(d).add(h).intoArray(o, at + 3 * LANES);
        }
      }
    }
  }

  /** As {@link #integer} for E4M3, decoded as in {@link ScoreByteTiles#e4m3}. */
  static void e4m3(
      MemorySegment memory,
      long[] tiles,
      int pairs,
      int scaleBytes,
      int panels,
      int lineBytes,
      float[] p,
      float[] o,
      int oStart) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      int to = oStart + lane;
      for (int pair = 0; pair < pairs; pair++) {
        long near = tiles[2 * pair] + scaleBytes + lane * 4L;
        long far = tiles[2 * pair + 1] + scaleBytes + lane * 4L;
        int weights = pair * PAIR_WEIGHTS;
        for (int panel = 0; panel < panels; panel++) {
          long panelBytes = (long) (panel * LANES) * lineBytes;
          long nearPanel = near + panelBytes;
          long farPanel = far + panelBytes;
          int at = to + panel * BYTE_DIMS;
          FloatVector a = FloatVector.fromArray(Species.FLOAT, o, at);
          FloatVector b = FloatVector.fromArray(Species.FLOAT, o, at + LANES);
          FloatVector c = FloatVector.fromArray(Species.FLOAT, o, at + 2 * LANES);
          FloatVector d = FloatVector.fromArray(Species.FLOAT, o, at + 3 * LANES);
          FloatVector e = FloatVector.zero(Species.FLOAT);
          FloatVector f = e;
          FloatVector g = e;
          FloatVector h = e;
          for (int t = 0; t < LANES; t++) {
            IntVector v =
                IntVector.fromMemorySegment(
                    Species.INT, memory, nearPanel + (long) t * lineBytes, ORDER);
            FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[weights + t]);
            a =
                v.lanewise(VectorOperators.LSHL, 24)
                    .lanewise(VectorOperators.ASHR, 4)
                    .and(E4M3_BITS)
                    .reinterpretAsFloats()
                    .fma(p0, a);
            b =
                v.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 4)
                    .and(E4M3_BITS)
                    .reinterpretAsFloats()
                    .fma(p0, b);
            c =
                v.lanewise(VectorOperators.LSHL, 8)
                    .lanewise(VectorOperators.ASHR, 4)
                    .and(E4M3_BITS)
                    .reinterpretAsFloats()
                    .fma(p0, c);
            d = v.lanewise(VectorOperators.ASHR, 4).and(E4M3_BITS).reinterpretAsFloats().fma(p0, d);
            IntVector w =
                IntVector.fromMemorySegment(
                    Species.INT, memory, farPanel + (long) t * lineBytes, ORDER);
            FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[weights + t + LANES]);
            e =
                w.lanewise(VectorOperators.LSHL, 24)
                    .lanewise(VectorOperators.ASHR, 4)
                    .and(E4M3_BITS)
                    .reinterpretAsFloats()
                    .fma(p1, e);
            f =
                w.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 4)
                    .and(E4M3_BITS)
                    .reinterpretAsFloats()
                    .fma(p1, f);
            g =
                w.lanewise(VectorOperators.LSHL, 8)
                    .lanewise(VectorOperators.ASHR, 4)
                    .and(E4M3_BITS)
                    .reinterpretAsFloats()
                    .fma(p1, g);
            h = w.lanewise(VectorOperators.ASHR, 4).and(E4M3_BITS).reinterpretAsFloats().fma(p1, h);
          }
          FloatVector.zero(Species.FLOAT).add(a).add(e).intoArray(o, at);
          FloatVector.zero(Species.FLOAT).add(b).add(f).intoArray(o, at + LANES);
          FloatVector.zero(Species.FLOAT).add(c).add(g).intoArray(o, at + 2 * LANES);
          FloatVector.zero(Species.FLOAT).add(d).add(h).intoArray(o, at + 3 * LANES);
        }
      }
    }
  }
}
