package dev.membound.kernels.attention;

import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The inner loop of weighing: adds the weighted values of two tiles to the outputs of four query
 * heads. A line feeds 8 FMAs; each tile has its own accumulators, so that no chain of FMAs is
 * longer than what the rest of an iteration takes.
 *
 * <p>Flat and long on purpose, as {@link ScoreTiles}. Offsets of heads are variables from before
 * the loop and {@link #PAIR} is a constant: C2 then checks all indices once a call.
 */
final class WeighTiles {
  /** Weights of a head and a pair of tiles: 16 near and 16 far ones. */
  static final int PAIR = 2 * TileLayout.LANES;

  /**
   * Floats from a pair's weights to the next one's: those of four heads, one after the other.
   * Written and read as one stream, they cost the fewest cache lines beside those of the tiles.
   */
  static final int PAIR_WEIGHTS = ScoreTiles.HEADS * PAIR;

  private static final int LANES = TileLayout.LANES;
  private static final int DIMS = TileLayout.PANEL_DIMS;
  private static final int HALF_LINE = 64;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private WeighTiles() {}

  /**
   * Pairs of tiles of F16, decoded as in {@link ScoreTiles#passF16}.
   *
   * @param tiles byte offsets of a near and a far tile for each pair
   * @param panels panels of 32 dimensions
   * @param lineBytes 64; a parameter, since C2 splits the loop at a constant stride
   * @param p weights of the tiles' tokens: of pair {@code i} and head {@code h} 16 near and 16 far
   *     ones from {@code pStart + i·PAIR_WEIGHTS + h·PAIR}
   * @param o outputs, head {@code h} from {@code oStart + h·panels·32}
   */
  static void weighF16(
      MemorySegment memory,
      long[] tiles,
      int pairs,
      int panels,
      int lineBytes,
      float[] p,
      int pStart,
      float[] o,
      int oStart) {
    int oStride = panels * DIMS;
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      int o0 = oStart + lane;
      int o1 = o0 + oStride;
      int o2 = o1 + oStride;
      int o3 = o2 + oStride;
      for (int pair = 0; pair < pairs; pair++) {
        long near = tiles[2 * pair] + lane * 4L;
        long far = tiles[2 * pair + 1] + lane * 4L;
        int weights = pStart + pair * PAIR_WEIGHTS;
        for (int panel = 0; panel < panels; panel++) {
          long panelBytes = (long) (panel * LANES) * lineBytes;
          long nearPanel = near + panelBytes;
          long farPanel = far + panelBytes;
          FloatVector c0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS);
          FloatVector d0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS + LANES);
          FloatVector c1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS);
          FloatVector d1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS + LANES);
          FloatVector c2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS);
          FloatVector d2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS + LANES);
          FloatVector c3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS);
          FloatVector d3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS + LANES);
          FloatVector e0 = FloatVector.zero(Species.FLOAT);
          FloatVector e1 = e0;
          FloatVector e2 = e0;
          FloatVector e3 = e0;
          FloatVector f0 = e0;
          FloatVector f1 = e0;
          FloatVector f2 = e0;
          FloatVector f3 = e0;
          for (int t = 0; t < LANES; t++) {
            IntVector v =
                IntVector.fromMemorySegment(
                    Species.INT, memory, nearPanel + (long) t * lineBytes, ORDER);
            FloatVector v0 =
                v.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(TileDecode.F16_BITS)
                    .reinterpretAsFloats();
            FloatVector v1 =
                v.lanewise(VectorOperators.ASHR, 3).and(TileDecode.F16_BITS).reinterpretAsFloats();
            FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[weights + t]);
            c0 = v0.fma(p0, c0);
            d0 = v1.fma(p0, d0);
            FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[weights + t + PAIR]);
            c1 = v0.fma(p1, c1);
            d1 = v1.fma(p1, d1);
            FloatVector p2 = FloatVector.broadcast(Species.FLOAT, p[weights + t + 2 * PAIR]);
            c2 = v0.fma(p2, c2);
            d2 = v1.fma(p2, d2);
            FloatVector p3 = FloatVector.broadcast(Species.FLOAT, p[weights + t + 3 * PAIR]);
            c3 = v0.fma(p3, c3);
            d3 = v1.fma(p3, d3);
            IntVector w =
                IntVector.fromMemorySegment(
                    Species.INT, memory, farPanel + (long) t * lineBytes, ORDER);
            FloatVector w0 =
                w.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(TileDecode.F16_BITS)
                    .reinterpretAsFloats();
            FloatVector w1 =
                w.lanewise(VectorOperators.ASHR, 3).and(TileDecode.F16_BITS).reinterpretAsFloats();
            FloatVector r0 = FloatVector.broadcast(Species.FLOAT, p[weights + t + LANES]);
            e0 = w0.fma(r0, e0);
            f0 = w1.fma(r0, f0);
            FloatVector r1 = FloatVector.broadcast(Species.FLOAT, p[weights + t + PAIR + LANES]);
            e1 = w0.fma(r1, e1);
            f1 = w1.fma(r1, f1);
            FloatVector r2 =
                FloatVector.broadcast(Species.FLOAT, p[weights + t + 2 * PAIR + LANES]);
            e2 = w0.fma(r2, e2);
            f2 = w1.fma(r2, f2);
            FloatVector r3 =
                FloatVector.broadcast(Species.FLOAT, p[weights + t + 3 * PAIR + LANES]);
            e3 = w0.fma(r3, e3);
            f3 = w1.fma(r3, f3);
          }
          e0.add(c0).intoArray(o, o0 + panel * DIMS);
          f0.add(d0).intoArray(o, o0 + panel * DIMS + LANES);
          e1.add(c1).intoArray(o, o1 + panel * DIMS);
          f1.add(d1).intoArray(o, o1 + panel * DIMS + LANES);
          e2.add(c2).intoArray(o, o2 + panel * DIMS);
          f2.add(d2).intoArray(o, o2 + panel * DIMS + LANES);
          e3.add(c3).intoArray(o, o3 + panel * DIMS);
          f3.add(d3).intoArray(o, o3 + panel * DIMS + LANES);
        }
      }
    }
  }

  /** As {@link #weighF16} for BF16. */
  static void weighBF16(
      MemorySegment memory,
      long[] tiles,
      int pairs,
      int panels,
      int lineBytes,
      float[] p,
      int pStart,
      float[] o,
      int oStart) {
    int oStride = panels * DIMS;
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      int o0 = oStart + lane;
      int o1 = o0 + oStride;
      int o2 = o1 + oStride;
      int o3 = o2 + oStride;
      for (int pair = 0; pair < pairs; pair++) {
        long near = tiles[2 * pair] + lane * 4L;
        long far = tiles[2 * pair + 1] + lane * 4L;
        int weights = pStart + pair * PAIR_WEIGHTS;
        for (int panel = 0; panel < panels; panel++) {
          long panelBytes = (long) (panel * LANES) * lineBytes;
          long nearPanel = near + panelBytes;
          long farPanel = far + panelBytes;
          FloatVector c0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS);
          FloatVector d0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS + LANES);
          FloatVector c1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS);
          FloatVector d1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS + LANES);
          FloatVector c2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS);
          FloatVector d2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS + LANES);
          FloatVector c3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS);
          FloatVector d3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS + LANES);
          FloatVector e0 = FloatVector.zero(Species.FLOAT);
          FloatVector e1 = e0;
          FloatVector e2 = e0;
          FloatVector e3 = e0;
          FloatVector f0 = e0;
          FloatVector f1 = e0;
          FloatVector f2 = e0;
          FloatVector f3 = e0;
          for (int t = 0; t < LANES; t++) {
            IntVector v =
                IntVector.fromMemorySegment(
                    Species.INT, memory, nearPanel + (long) t * lineBytes, ORDER);
            FloatVector v0 = v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            FloatVector v1 = v.and(TileDecode.BF16_BITS).reinterpretAsFloats();
            FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[weights + t]);
            c0 = v0.fma(p0, c0);
            d0 = v1.fma(p0, d0);
            FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[weights + t + PAIR]);
            c1 = v0.fma(p1, c1);
            d1 = v1.fma(p1, d1);
            FloatVector p2 = FloatVector.broadcast(Species.FLOAT, p[weights + t + 2 * PAIR]);
            c2 = v0.fma(p2, c2);
            d2 = v1.fma(p2, d2);
            FloatVector p3 = FloatVector.broadcast(Species.FLOAT, p[weights + t + 3 * PAIR]);
            c3 = v0.fma(p3, c3);
            d3 = v1.fma(p3, d3);
            IntVector w =
                IntVector.fromMemorySegment(
                    Species.INT, memory, farPanel + (long) t * lineBytes, ORDER);
            FloatVector w0 = w.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            FloatVector w1 = w.and(TileDecode.BF16_BITS).reinterpretAsFloats();
            FloatVector r0 = FloatVector.broadcast(Species.FLOAT, p[weights + t + LANES]);
            e0 = w0.fma(r0, e0);
            f0 = w1.fma(r0, f0);
            FloatVector r1 = FloatVector.broadcast(Species.FLOAT, p[weights + t + PAIR + LANES]);
            e1 = w0.fma(r1, e1);
            f1 = w1.fma(r1, f1);
            FloatVector r2 =
                FloatVector.broadcast(Species.FLOAT, p[weights + t + 2 * PAIR + LANES]);
            e2 = w0.fma(r2, e2);
            f2 = w1.fma(r2, f2);
            FloatVector r3 =
                FloatVector.broadcast(Species.FLOAT, p[weights + t + 3 * PAIR + LANES]);
            e3 = w0.fma(r3, e3);
            f3 = w1.fma(r3, f3);
          }
          e0.add(c0).intoArray(o, o0 + panel * DIMS);
          f0.add(d0).intoArray(o, o0 + panel * DIMS + LANES);
          e1.add(c1).intoArray(o, o1 + panel * DIMS);
          f1.add(d1).intoArray(o, o1 + panel * DIMS + LANES);
          e2.add(c2).intoArray(o, o2 + panel * DIMS);
          f2.add(d2).intoArray(o, o2 + panel * DIMS + LANES);
          e3.add(c3).intoArray(o, o3 + panel * DIMS);
          f3.add(d3).intoArray(o, o3 + panel * DIMS + LANES);
        }
      }
    }
  }

  /** As {@link #weighF16} for F32; {@code lineBytes} is 128. */
  static void weighF32(
      MemorySegment memory,
      long[] tiles,
      int pairs,
      int panels,
      int lineBytes,
      float[] p,
      int pStart,
      float[] o,
      int oStart) {
    int oStride = panels * DIMS;
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      int o0 = oStart + lane;
      int o1 = o0 + oStride;
      int o2 = o1 + oStride;
      int o3 = o2 + oStride;
      for (int pair = 0; pair < pairs; pair++) {
        long near = tiles[2 * pair] + lane * 4L;
        long far = tiles[2 * pair + 1] + lane * 4L;
        int weights = pStart + pair * PAIR_WEIGHTS;
        for (int panel = 0; panel < panels; panel++) {
          long panelBytes = (long) (panel * LANES) * lineBytes;
          long nearPanel = near + panelBytes;
          long farPanel = far + panelBytes;
          FloatVector c0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS);
          FloatVector d0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS + LANES);
          FloatVector c1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS);
          FloatVector d1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS + LANES);
          FloatVector c2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS);
          FloatVector d2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS + LANES);
          FloatVector c3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS);
          FloatVector d3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS + LANES);
          FloatVector e0 = FloatVector.zero(Species.FLOAT);
          FloatVector e1 = e0;
          FloatVector e2 = e0;
          FloatVector e3 = e0;
          FloatVector f0 = e0;
          FloatVector f1 = e0;
          FloatVector f2 = e0;
          FloatVector f3 = e0;
          for (int t = 0; t < LANES; t++) {
            FloatVector v0 =
                FloatVector.fromMemorySegment(
                    Species.FLOAT, memory, nearPanel + (long) t * lineBytes, ORDER);
            FloatVector v1 =
                FloatVector.fromMemorySegment(
                    Species.FLOAT, memory, nearPanel + (long) t * lineBytes + HALF_LINE, ORDER);
            FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[weights + t]);
            c0 = v0.fma(p0, c0);
            d0 = v1.fma(p0, d0);
            FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[weights + t + PAIR]);
            c1 = v0.fma(p1, c1);
            d1 = v1.fma(p1, d1);
            FloatVector p2 = FloatVector.broadcast(Species.FLOAT, p[weights + t + 2 * PAIR]);
            c2 = v0.fma(p2, c2);
            d2 = v1.fma(p2, d2);
            FloatVector p3 = FloatVector.broadcast(Species.FLOAT, p[weights + t + 3 * PAIR]);
            c3 = v0.fma(p3, c3);
            d3 = v1.fma(p3, d3);
            FloatVector w0 =
                FloatVector.fromMemorySegment(
                    Species.FLOAT, memory, farPanel + (long) t * lineBytes, ORDER);
            FloatVector w1 =
                FloatVector.fromMemorySegment(
                    Species.FLOAT, memory, farPanel + (long) t * lineBytes + HALF_LINE, ORDER);
            FloatVector r0 = FloatVector.broadcast(Species.FLOAT, p[weights + t + LANES]);
            e0 = w0.fma(r0, e0);
            f0 = w1.fma(r0, f0);
            FloatVector r1 = FloatVector.broadcast(Species.FLOAT, p[weights + t + PAIR + LANES]);
            e1 = w0.fma(r1, e1);
            f1 = w1.fma(r1, f1);
            FloatVector r2 =
                FloatVector.broadcast(Species.FLOAT, p[weights + t + 2 * PAIR + LANES]);
            e2 = w0.fma(r2, e2);
            f2 = w1.fma(r2, f2);
            FloatVector r3 =
                FloatVector.broadcast(Species.FLOAT, p[weights + t + 3 * PAIR + LANES]);
            e3 = w0.fma(r3, e3);
            f3 = w1.fma(r3, f3);
          }
          e0.add(c0).intoArray(o, o0 + panel * DIMS);
          f0.add(d0).intoArray(o, o0 + panel * DIMS + LANES);
          e1.add(c1).intoArray(o, o1 + panel * DIMS);
          f1.add(d1).intoArray(o, o1 + panel * DIMS + LANES);
          e2.add(c2).intoArray(o, o2 + panel * DIMS);
          f2.add(d2).intoArray(o, o2 + panel * DIMS + LANES);
          e3.add(c3).intoArray(o, o3 + panel * DIMS);
          f3.add(d3).intoArray(o, o3 + panel * DIMS + LANES);
        }
      }
    }
  }
}
