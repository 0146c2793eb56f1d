package dev.membound.kernels.attention;

import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.provider.Species;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** As {@link WeighTiles} for 1-byte elements with scales: a line feeds 16 FMAs. */
final class WeighByteTiles {
  private static final int PAIR = WeighTiles.PAIR;
  private static final long LINE = 64;
  private static final int LANES = TileLayout.LANES;
  private static final int DIMS = TileLayout.BYTE_PANEL_DIMS;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private WeighByteTiles() {}

  /**
   * Pairs of tiles of signed integers.
   *
   * @param base address from which offsets count; the caller has checked that the tiles are there
   * @param tiles byte offsets of a near and a far tile for each pair
   * @param scaleBytes from a tile's start to its first line
   * @param panels panels of 64 dimensions
   * @param p weights of the tiles' tokens times their scales, as in {@link WeighTiles}
   * @param o outputs, head {@code h} from {@code oStart + h·panels·64}
   */
  static void weighInteger(
      long base,
      long[] tiles,
      int pairs,
      int scaleBytes,
      int panels,
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
        long near = base + tiles[2 * pair] + scaleBytes + lane * 4L;
        long far = base + tiles[2 * pair + 1] + scaleBytes + lane * 4L;
        int weights = pStart + pair * WeighTiles.PAIR_WEIGHTS;
        int weightsEnd = weights + LANES;
        for (int panel = 0; panel < panels; panel++) {
          long panelBytes = panel * LANES * LINE - weights * LINE;
          long nearPanel = near + panelBytes;
          long farPanel = far + panelBytes;
          FloatVector c0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS);
          FloatVector d0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS + LANES);
          FloatVector e0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS + 2 * LANES);
          FloatVector f0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS + 3 * LANES);
          FloatVector c1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS);
          FloatVector d1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS + LANES);
          FloatVector e1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS + 2 * LANES);
          FloatVector f1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS + 3 * LANES);
          FloatVector c2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS);
          FloatVector d2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS + LANES);
          FloatVector e2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS + 2 * LANES);
          FloatVector f2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS + 3 * LANES);
          FloatVector c3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS);
          FloatVector d3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS + LANES);
          FloatVector e3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS + 2 * LANES);
          FloatVector f3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS + 3 * LANES);
          for (int t = weights; t < weightsEnd; t++) {
            long nearLine = NativeAddress.within(nearPanel + t * LINE);
            long farLine = NativeAddress.within(farPanel + t * LINE);
            IntVector v = IntVector.fromMemorySegment(Species.INT, SPACE, nearLine, ORDER);
            FloatVector v0 =
                (FloatVector)
                    v.lanewise(VectorOperators.LSHL, 24)
                        .lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0);
            FloatVector v1 =
                (FloatVector)
                    v.lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0);
            FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[t]);
            c0 = v0.fma(p0, c0);
            d0 = v1.fma(p0, d0);
            FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[t + PAIR]);
            c1 = v0.fma(p1, c1);
            d1 = v1.fma(p1, d1);
            FloatVector p2 = FloatVector.broadcast(Species.FLOAT, p[t + 2 * PAIR]);
            c2 = v0.fma(p2, c2);
            d2 = v1.fma(p2, d2);
            FloatVector p3 = FloatVector.broadcast(Species.FLOAT, p[t + 3 * PAIR]);
            c3 = v0.fma(p3, c3);
            d3 = v1.fma(p3, d3);
            FloatVector v2 =
                (FloatVector)
                    v.lanewise(VectorOperators.LSHL, 8)
                        .lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0);
            FloatVector v3 =
                (FloatVector) v.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0);
            e0 = v2.fma(p0, e0);
            f0 = v3.fma(p0, f0);
            e1 = v2.fma(p1, e1);
            f1 = v3.fma(p1, f1);
            e2 = v2.fma(p2, e2);
            f2 = v3.fma(p2, f2);
            e3 = v2.fma(p3, e3);
            f3 = v3.fma(p3, f3);
            IntVector w = IntVector.fromMemorySegment(Species.INT, SPACE, farLine, ORDER);
            FloatVector w0 =
                (FloatVector)
                    w.lanewise(VectorOperators.LSHL, 24)
                        .lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0);
            FloatVector w1 =
                (FloatVector)
                    w.lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0);
            FloatVector x0 = FloatVector.broadcast(Species.FLOAT, p[t + LANES]);
            c0 = w0.fma(x0, c0);
            d0 = w1.fma(x0, d0);
            FloatVector x1 = FloatVector.broadcast(Species.FLOAT, p[t + PAIR + LANES]);
            c1 = w0.fma(x1, c1);
            d1 = w1.fma(x1, d1);
            FloatVector x2 = FloatVector.broadcast(Species.FLOAT, p[t + 2 * PAIR + LANES]);
            c2 = w0.fma(x2, c2);
            d2 = w1.fma(x2, d2);
            FloatVector x3 = FloatVector.broadcast(Species.FLOAT, p[t + 3 * PAIR + LANES]);
            c3 = w0.fma(x3, c3);
            d3 = w1.fma(x3, d3);
            FloatVector w2 =
                (FloatVector)
                    w.lanewise(VectorOperators.LSHL, 8)
                        .lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0);
            FloatVector w3 =
                (FloatVector) w.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0);
            e0 = w2.fma(x0, e0);
            f0 = w3.fma(x0, f0);
            e1 = w2.fma(x1, e1);
            f1 = w3.fma(x1, f1);
            e2 = w2.fma(x2, e2);
            f2 = w3.fma(x2, f2);
            e3 = w2.fma(x3, e3);
            f3 = w3.fma(x3, f3);
          }
          c0.intoArray(o, o0 + panel * DIMS);
          d0.intoArray(o, o0 + panel * DIMS + LANES);
          e0.intoArray(o, o0 + panel * DIMS + 2 * LANES);
          f0.intoArray(o, o0 + panel * DIMS + 3 * LANES);
          c1.intoArray(o, o1 + panel * DIMS);
          d1.intoArray(o, o1 + panel * DIMS + LANES);
          e1.intoArray(o, o1 + panel * DIMS + 2 * LANES);
          f1.intoArray(o, o1 + panel * DIMS + 3 * LANES);
          c2.intoArray(o, o2 + panel * DIMS);
          d2.intoArray(o, o2 + panel * DIMS + LANES);
          e2.intoArray(o, o2 + panel * DIMS + 2 * LANES);
          f2.intoArray(o, o2 + panel * DIMS + 3 * LANES);
          c3.intoArray(o, o3 + panel * DIMS);
          d3.intoArray(o, o3 + panel * DIMS + LANES);
          e3.intoArray(o, o3 + panel * DIMS + 2 * LANES);
          f3.intoArray(o, o3 + panel * DIMS + 3 * LANES);
        }
      }
    }
  }

  /** As {@link #weighInteger} for E4M3, decoded as in {@link ScoreByteTiles#e4m3}. */
  static void weighE4M3(
      long base,
      long[] tiles,
      int pairs,
      int scaleBytes,
      int panels,
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
        long near = base + tiles[2 * pair] + scaleBytes + lane * 4L;
        long far = base + tiles[2 * pair + 1] + scaleBytes + lane * 4L;
        int weights = pStart + pair * WeighTiles.PAIR_WEIGHTS;
        int weightsEnd = weights + LANES;
        for (int panel = 0; panel < panels; panel++) {
          long panelBytes = panel * LANES * LINE - weights * LINE;
          long nearPanel = near + panelBytes;
          long farPanel = far + panelBytes;
          FloatVector c0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS);
          FloatVector d0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS + LANES);
          FloatVector e0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS + 2 * LANES);
          FloatVector f0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS + 3 * LANES);
          FloatVector c1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS);
          FloatVector d1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS + LANES);
          FloatVector e1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS + 2 * LANES);
          FloatVector f1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS + 3 * LANES);
          FloatVector c2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS);
          FloatVector d2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS + LANES);
          FloatVector e2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS + 2 * LANES);
          FloatVector f2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS + 3 * LANES);
          FloatVector c3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS);
          FloatVector d3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS + LANES);
          FloatVector e3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS + 2 * LANES);
          FloatVector f3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS + 3 * LANES);
          for (int t = weights; t < weightsEnd; t++) {
            long nearLine = NativeAddress.within(nearPanel + t * LINE);
            long farLine = NativeAddress.within(farPanel + t * LINE);
            IntVector v = IntVector.fromMemorySegment(Species.INT, SPACE, nearLine, ORDER);
            FloatVector v0 =
                v.lanewise(VectorOperators.LSHL, 24)
                    .lanewise(VectorOperators.ASHR, 4)
                    .and(TileDecode.E4M3_BITS)
                    .reinterpretAsFloats();
            FloatVector v1 =
                v.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 4)
                    .and(TileDecode.E4M3_BITS)
                    .reinterpretAsFloats();
            FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[t]);
            c0 = v0.fma(p0, c0);
            d0 = v1.fma(p0, d0);
            FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[t + PAIR]);
            c1 = v0.fma(p1, c1);
            d1 = v1.fma(p1, d1);
            FloatVector p2 = FloatVector.broadcast(Species.FLOAT, p[t + 2 * PAIR]);
            c2 = v0.fma(p2, c2);
            d2 = v1.fma(p2, d2);
            FloatVector p3 = FloatVector.broadcast(Species.FLOAT, p[t + 3 * PAIR]);
            c3 = v0.fma(p3, c3);
            d3 = v1.fma(p3, d3);
            FloatVector v2 =
                v.lanewise(VectorOperators.LSHL, 8)
                    .lanewise(VectorOperators.ASHR, 4)
                    .and(TileDecode.E4M3_BITS)
                    .reinterpretAsFloats();
            FloatVector v3 =
                v.lanewise(VectorOperators.ASHR, 4).and(TileDecode.E4M3_BITS).reinterpretAsFloats();
            e0 = v2.fma(p0, e0);
            f0 = v3.fma(p0, f0);
            e1 = v2.fma(p1, e1);
            f1 = v3.fma(p1, f1);
            e2 = v2.fma(p2, e2);
            f2 = v3.fma(p2, f2);
            e3 = v2.fma(p3, e3);
            f3 = v3.fma(p3, f3);
            IntVector w = IntVector.fromMemorySegment(Species.INT, SPACE, farLine, ORDER);
            FloatVector w0 =
                w.lanewise(VectorOperators.LSHL, 24)
                    .lanewise(VectorOperators.ASHR, 4)
                    .and(TileDecode.E4M3_BITS)
                    .reinterpretAsFloats();
            FloatVector w1 =
                w.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 4)
                    .and(TileDecode.E4M3_BITS)
                    .reinterpretAsFloats();
            FloatVector x0 = FloatVector.broadcast(Species.FLOAT, p[t + LANES]);
            c0 = w0.fma(x0, c0);
            d0 = w1.fma(x0, d0);
            FloatVector x1 = FloatVector.broadcast(Species.FLOAT, p[t + PAIR + LANES]);
            c1 = w0.fma(x1, c1);
            d1 = w1.fma(x1, d1);
            FloatVector x2 = FloatVector.broadcast(Species.FLOAT, p[t + 2 * PAIR + LANES]);
            c2 = w0.fma(x2, c2);
            d2 = w1.fma(x2, d2);
            FloatVector x3 = FloatVector.broadcast(Species.FLOAT, p[t + 3 * PAIR + LANES]);
            c3 = w0.fma(x3, c3);
            d3 = w1.fma(x3, d3);
            FloatVector w2 =
                w.lanewise(VectorOperators.LSHL, 8)
                    .lanewise(VectorOperators.ASHR, 4)
                    .and(TileDecode.E4M3_BITS)
                    .reinterpretAsFloats();
            FloatVector w3 =
                w.lanewise(VectorOperators.ASHR, 4).and(TileDecode.E4M3_BITS).reinterpretAsFloats();
            e0 = w2.fma(x0, e0);
            f0 = w3.fma(x0, f0);
            e1 = w2.fma(x1, e1);
            f1 = w3.fma(x1, f1);
            e2 = w2.fma(x2, e2);
            f2 = w3.fma(x2, f2);
            e3 = w2.fma(x3, e3);
            f3 = w3.fma(x3, f3);
          }
          c0.intoArray(o, o0 + panel * DIMS);
          d0.intoArray(o, o0 + panel * DIMS + LANES);
          e0.intoArray(o, o0 + panel * DIMS + 2 * LANES);
          f0.intoArray(o, o0 + panel * DIMS + 3 * LANES);
          c1.intoArray(o, o1 + panel * DIMS);
          d1.intoArray(o, o1 + panel * DIMS + LANES);
          e1.intoArray(o, o1 + panel * DIMS + 2 * LANES);
          f1.intoArray(o, o1 + panel * DIMS + 3 * LANES);
          c2.intoArray(o, o2 + panel * DIMS);
          d2.intoArray(o, o2 + panel * DIMS + LANES);
          e2.intoArray(o, o2 + panel * DIMS + 2 * LANES);
          f2.intoArray(o, o2 + panel * DIMS + 3 * LANES);
          c3.intoArray(o, o3 + panel * DIMS);
          d3.intoArray(o, o3 + panel * DIMS + LANES);
          e3.intoArray(o, o3 + panel * DIMS + 2 * LANES);
          f3.intoArray(o, o3 + panel * DIMS + 3 * LANES);
        }
      }
    }
  }

  /**
   * As {@link #weighInteger} with a scale a block of 32 dimensions.
   *
   * @param p weights of the tiles' tokens times their scales: a row of them a block
   * @param scaleStride floats from a row of {@code p} to the next
   */
  static void weighBlocks(
      long base,
      long[] tiles,
      int pairs,
      int scaleBytes,
      int panels,
      float[] p,
      int pStart,
      int scaleStride,
      float[] o,
      int oStart) {
    int oStride = panels * DIMS;
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      int o0 = oStart + lane;
      int o1 = o0 + oStride;
      int o2 = o1 + oStride;
      int o3 = o2 + oStride;
      for (int pair = 0; pair < pairs; pair++) {
        long near = base + tiles[2 * pair] + scaleBytes + lane * 4L;
        long far = base + tiles[2 * pair + 1] + scaleBytes + lane * 4L;
        int weights = pStart + pair * WeighTiles.PAIR_WEIGHTS;
        int weightsEnd = weights + LANES;
        for (int panel = 0; panel < panels; panel++) {
          long panelBytes = panel * LANES * LINE - weights * LINE;
          long nearPanel = near + panelBytes;
          long farPanel = far + panelBytes;
          int lower = 2 * panel * scaleStride;
          int upper = lower + scaleStride;
          FloatVector c0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS);
          FloatVector d0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS + LANES);
          FloatVector e0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS + 2 * LANES);
          FloatVector f0 = FloatVector.fromArray(Species.FLOAT, o, o0 + panel * DIMS + 3 * LANES);
          FloatVector c1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS);
          FloatVector d1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS + LANES);
          FloatVector e1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS + 2 * LANES);
          FloatVector f1 = FloatVector.fromArray(Species.FLOAT, o, o1 + panel * DIMS + 3 * LANES);
          FloatVector c2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS);
          FloatVector d2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS + LANES);
          FloatVector e2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS + 2 * LANES);
          FloatVector f2 = FloatVector.fromArray(Species.FLOAT, o, o2 + panel * DIMS + 3 * LANES);
          FloatVector c3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS);
          FloatVector d3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS + LANES);
          FloatVector e3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS + 2 * LANES);
          FloatVector f3 = FloatVector.fromArray(Species.FLOAT, o, o3 + panel * DIMS + 3 * LANES);
          for (int t = weights; t < weightsEnd; t++) {
            long nearLine = NativeAddress.within(nearPanel + t * LINE);
            long farLine = NativeAddress.within(farPanel + t * LINE);
            IntVector v = IntVector.fromMemorySegment(Species.INT, SPACE, nearLine, ORDER);
            FloatVector v0 =
                (FloatVector)
                    v.lanewise(VectorOperators.LSHL, 24)
                        .lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0);
            FloatVector v1 =
                (FloatVector)
                    v.lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0);
            FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[lower + t]);
            c0 = v0.fma(p0, c0);
            d0 = v1.fma(p0, d0);
            FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[lower + t + PAIR]);
            c1 = v0.fma(p1, c1);
            d1 = v1.fma(p1, d1);
            FloatVector p2 = FloatVector.broadcast(Species.FLOAT, p[lower + t + 2 * PAIR]);
            c2 = v0.fma(p2, c2);
            d2 = v1.fma(p2, d2);
            FloatVector p3 = FloatVector.broadcast(Species.FLOAT, p[lower + t + 3 * PAIR]);
            c3 = v0.fma(p3, c3);
            d3 = v1.fma(p3, d3);
            FloatVector v2 =
                (FloatVector)
                    v.lanewise(VectorOperators.LSHL, 8)
                        .lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0);
            FloatVector v3 =
                (FloatVector) v.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0);
            FloatVector r0 = FloatVector.broadcast(Species.FLOAT, p[upper + t]);
            e0 = v2.fma(r0, e0);
            f0 = v3.fma(r0, f0);
            FloatVector r1 = FloatVector.broadcast(Species.FLOAT, p[upper + t + PAIR]);
            e1 = v2.fma(r1, e1);
            f1 = v3.fma(r1, f1);
            FloatVector r2 = FloatVector.broadcast(Species.FLOAT, p[upper + t + 2 * PAIR]);
            e2 = v2.fma(r2, e2);
            f2 = v3.fma(r2, f2);
            FloatVector r3 = FloatVector.broadcast(Species.FLOAT, p[upper + t + 3 * PAIR]);
            e3 = v2.fma(r3, e3);
            f3 = v3.fma(r3, f3);
            IntVector w = IntVector.fromMemorySegment(Species.INT, SPACE, farLine, ORDER);
            FloatVector w0 =
                (FloatVector)
                    w.lanewise(VectorOperators.LSHL, 24)
                        .lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0);
            FloatVector w1 =
                (FloatVector)
                    w.lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0);
            FloatVector x0 = FloatVector.broadcast(Species.FLOAT, p[lower + t + LANES]);
            c0 = w0.fma(x0, c0);
            d0 = w1.fma(x0, d0);
            FloatVector x1 = FloatVector.broadcast(Species.FLOAT, p[lower + t + PAIR + LANES]);
            c1 = w0.fma(x1, c1);
            d1 = w1.fma(x1, d1);
            FloatVector x2 = FloatVector.broadcast(Species.FLOAT, p[lower + t + 2 * PAIR + LANES]);
            c2 = w0.fma(x2, c2);
            d2 = w1.fma(x2, d2);
            FloatVector x3 = FloatVector.broadcast(Species.FLOAT, p[lower + t + 3 * PAIR + LANES]);
            c3 = w0.fma(x3, c3);
            d3 = w1.fma(x3, d3);
            FloatVector w2 =
                (FloatVector)
                    w.lanewise(VectorOperators.LSHL, 8)
                        .lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0);
            FloatVector w3 =
                (FloatVector) w.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0);
            FloatVector y0 = FloatVector.broadcast(Species.FLOAT, p[upper + t + LANES]);
            e0 = w2.fma(y0, e0);
            f0 = w3.fma(y0, f0);
            FloatVector y1 = FloatVector.broadcast(Species.FLOAT, p[upper + t + PAIR + LANES]);
            e1 = w2.fma(y1, e1);
            f1 = w3.fma(y1, f1);
            FloatVector y2 = FloatVector.broadcast(Species.FLOAT, p[upper + t + 2 * PAIR + LANES]);
            e2 = w2.fma(y2, e2);
            f2 = w3.fma(y2, f2);
            FloatVector y3 = FloatVector.broadcast(Species.FLOAT, p[upper + t + 3 * PAIR + LANES]);
            e3 = w2.fma(y3, e3);
            f3 = w3.fma(y3, f3);
          }
          c0.intoArray(o, o0 + panel * DIMS);
          d0.intoArray(o, o0 + panel * DIMS + LANES);
          e0.intoArray(o, o0 + panel * DIMS + 2 * LANES);
          f0.intoArray(o, o0 + panel * DIMS + 3 * LANES);
          c1.intoArray(o, o1 + panel * DIMS);
          d1.intoArray(o, o1 + panel * DIMS + LANES);
          e1.intoArray(o, o1 + panel * DIMS + 2 * LANES);
          f1.intoArray(o, o1 + panel * DIMS + 3 * LANES);
          c2.intoArray(o, o2 + panel * DIMS);
          d2.intoArray(o, o2 + panel * DIMS + LANES);
          e2.intoArray(o, o2 + panel * DIMS + 2 * LANES);
          f2.intoArray(o, o2 + panel * DIMS + 3 * LANES);
          c3.intoArray(o, o3 + panel * DIMS);
          d3.intoArray(o, o3 + panel * DIMS + LANES);
          e3.intoArray(o, o3 + panel * DIMS + 2 * LANES);
          f3.intoArray(o, o3 + panel * DIMS + 3 * LANES);
        }
      }
    }
  }
}
