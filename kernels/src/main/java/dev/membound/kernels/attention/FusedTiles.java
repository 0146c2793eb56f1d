package dev.membound.kernels.attention;

import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The inner loop of attention for up to four query heads of a group: scores a key tile and, line by
 * line beside it, adds another tile's weighted values to the output.
 *
 * <p>Keys and values are the two far streams of the loop: neither the prefetchers nor the
 * floating-point units wait for a phase to change. A line of either feeds 8 FMAs in independent
 * chains.
 *
 * <p>The methods are flat, long and one a type on purpose: C2 boxes vectors that cross a call which
 * it does not inline, and a shift by a variable costs the core two operations. At less than 512
 * bits the tile is walked again for the next lanes; it is in the L1 cache then.
 */
final class FusedTiles {
  /** Query heads of a pass. */
  static final int HEADS = 4;

  /** Floats of a query line: a pair for each head, the firsts before the seconds. */
  static final int QUERY_LINE = 2 * HEADS;

  /** Where an F16 shifted right by 3 has its bits. */
  static final int F16_BITS = 0x8FFFE000;

  /** The upper of two BF16. */
  static final int BF16_BITS = 0xFFFF0000;

  private static final int LANES = TileLayout.LANES;
  private static final int HALF_LINE = 64;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private FusedTiles() {}

  /**
   * One pass over tiles of F16, which becomes F32 scaled by 2^−112, by moving its bits: a
   * sign-extending shift by 3 puts the exponent in place and the mask clears the copies of the
   * sign; queries and weights bring the 2^112.
   *
   * @param key byte offset of the key tile
   * @param value byte offset of the value tile
   * @param panels panels of 32 dimensions
   * @param lineBytes 64; a parameter, since C2 splits the loop at a constant stride
   * @param q query lines from {@code qStart}
   * @param p weights of the value tile's tokens, head {@code h} from {@code pStart + h·pStride}
   * @param o outputs, head {@code h} from {@code oStart + h·panels·32}
   * @param s receives scores, as {@code p} but from {@code sStart}
   */
  static void passF16(
      MemorySegment memory,
      long key,
      long value,
      int panels,
      int lineBytes,
      float[] q,
      int qStart,
      float[] p,
      int pStart,
      float[] o,
      int oStart,
      float[] s,
      int sStart,
      int pStride) {
    int oStride = panels * TileLayout.PANEL_DIMS;
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long keyLane = key + lane * 4;
      long valueLane = value + lane * 4;
      FloatVector a0 = FloatVector.zero(Species.FLOAT);
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      FloatVector b0 = a0;
      FloatVector b1 = a0;
      FloatVector b2 = a0;
      FloatVector b3 = a0;
      for (int panel = 0; panel < panels; panel++) {
        int at = oStart + panel * TileLayout.PANEL_DIMS + lane;
        FloatVector c0 = FloatVector.fromArray(Species.FLOAT, o, at);
        FloatVector d0 = FloatVector.fromArray(Species.FLOAT, o, at + LANES);
        FloatVector c1 = FloatVector.fromArray(Species.FLOAT, o, at + oStride);
        FloatVector d1 = FloatVector.fromArray(Species.FLOAT, o, at + oStride + LANES);
        FloatVector c2 = FloatVector.fromArray(Species.FLOAT, o, at + 2 * oStride);
        FloatVector d2 = FloatVector.fromArray(Species.FLOAT, o, at + 2 * oStride + LANES);
        FloatVector c3 = FloatVector.fromArray(Species.FLOAT, o, at + 3 * oStride);
        FloatVector d3 = FloatVector.fromArray(Species.FLOAT, o, at + 3 * oStride + LANES);
        for (int t = 0; t < LANES; t++) {
          int line = panel * LANES + t;
          IntVector k =
              IntVector.fromMemorySegment(
                  Species.INT, memory, keyLane + (long) line * lineBytes, ORDER);
          FloatVector k0 =
              k.lanewise(VectorOperators.LSHL, 16)
                  .lanewise(VectorOperators.ASHR, 3)
                  .and(F16_BITS)
                  .reinterpretAsFloats();
          FloatVector k1 = k.lanewise(VectorOperators.ASHR, 3).and(F16_BITS).reinterpretAsFloats();
          int qi = qStart + line * QUERY_LINE;
          a0 = k0.fma(FloatVector.broadcast(Species.FLOAT, q[qi]), a0);
          a1 = k0.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 1]), a1);
          a2 = k0.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 2]), a2);
          a3 = k0.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 3]), a3);
          b0 = k1.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 4]), b0);
          b1 = k1.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 5]), b1);
          b2 = k1.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 6]), b2);
          b3 = k1.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 7]), b3);
          IntVector v =
              IntVector.fromMemorySegment(
                  Species.INT, memory, valueLane + (long) line * lineBytes, ORDER);
          FloatVector v0 =
              v.lanewise(VectorOperators.LSHL, 16)
                  .lanewise(VectorOperators.ASHR, 3)
                  .and(F16_BITS)
                  .reinterpretAsFloats();
          FloatVector v1 = v.lanewise(VectorOperators.ASHR, 3).and(F16_BITS).reinterpretAsFloats();
          FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[pStart + t]);
          FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[pStart + pStride + t]);
          FloatVector p2 = FloatVector.broadcast(Species.FLOAT, p[pStart + 2 * pStride + t]);
          FloatVector p3 = FloatVector.broadcast(Species.FLOAT, p[pStart + 3 * pStride + t]);
          c0 = v0.fma(p0, c0);
          d0 = v1.fma(p0, d0);
          c1 = v0.fma(p1, c1);
          d1 = v1.fma(p1, d1);
          c2 = v0.fma(p2, c2);
          d2 = v1.fma(p2, d2);
          c3 = v0.fma(p3, c3);
          d3 = v1.fma(p3, d3);
        }
        c0.intoArray(o, at);
        d0.intoArray(o, at + LANES);
        c1.intoArray(o, at + oStride);
        d1.intoArray(o, at + oStride + LANES);
        c2.intoArray(o, at + 2 * oStride);
        d2.intoArray(o, at + 2 * oStride + LANES);
        c3.intoArray(o, at + 3 * oStride);
        d3.intoArray(o, at + 3 * oStride + LANES);
      }
      a0.add(b0).intoArray(s, sStart + lane);
      a1.add(b1).intoArray(s, sStart + pStride + lane);
      a2.add(b2).intoArray(s, sStart + 2 * pStride + lane);
      a3.add(b3).intoArray(s, sStart + 3 * pStride + lane);
    }
  }

  /** As {@link #passF16} for BF16, the upper half of an F32. */
  static void passBF16(
      MemorySegment memory,
      long key,
      long value,
      int panels,
      int lineBytes,
      float[] q,
      int qStart,
      float[] p,
      int pStart,
      float[] o,
      int oStart,
      float[] s,
      int sStart,
      int pStride) {
    int oStride = panels * TileLayout.PANEL_DIMS;
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long keyLane = key + lane * 4;
      long valueLane = value + lane * 4;
      FloatVector a0 = FloatVector.zero(Species.FLOAT);
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      FloatVector b0 = a0;
      FloatVector b1 = a0;
      FloatVector b2 = a0;
      FloatVector b3 = a0;
      for (int panel = 0; panel < panels; panel++) {
        int at = oStart + panel * TileLayout.PANEL_DIMS + lane;
        FloatVector c0 = FloatVector.fromArray(Species.FLOAT, o, at);
        FloatVector d0 = FloatVector.fromArray(Species.FLOAT, o, at + LANES);
        FloatVector c1 = FloatVector.fromArray(Species.FLOAT, o, at + oStride);
        FloatVector d1 = FloatVector.fromArray(Species.FLOAT, o, at + oStride + LANES);
        FloatVector c2 = FloatVector.fromArray(Species.FLOAT, o, at + 2 * oStride);
        FloatVector d2 = FloatVector.fromArray(Species.FLOAT, o, at + 2 * oStride + LANES);
        FloatVector c3 = FloatVector.fromArray(Species.FLOAT, o, at + 3 * oStride);
        FloatVector d3 = FloatVector.fromArray(Species.FLOAT, o, at + 3 * oStride + LANES);
        for (int t = 0; t < LANES; t++) {
          int line = panel * LANES + t;
          IntVector k =
              IntVector.fromMemorySegment(
                  Species.INT, memory, keyLane + (long) line * lineBytes, ORDER);
          FloatVector k0 = k.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          FloatVector k1 = k.and(BF16_BITS).reinterpretAsFloats();
          int qi = qStart + line * QUERY_LINE;
          a0 = k0.fma(FloatVector.broadcast(Species.FLOAT, q[qi]), a0);
          a1 = k0.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 1]), a1);
          a2 = k0.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 2]), a2);
          a3 = k0.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 3]), a3);
          b0 = k1.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 4]), b0);
          b1 = k1.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 5]), b1);
          b2 = k1.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 6]), b2);
          b3 = k1.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 7]), b3);
          IntVector v =
              IntVector.fromMemorySegment(
                  Species.INT, memory, valueLane + (long) line * lineBytes, ORDER);
          FloatVector v0 = v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          FloatVector v1 = v.and(BF16_BITS).reinterpretAsFloats();
          FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[pStart + t]);
          FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[pStart + pStride + t]);
          FloatVector p2 = FloatVector.broadcast(Species.FLOAT, p[pStart + 2 * pStride + t]);
          FloatVector p3 = FloatVector.broadcast(Species.FLOAT, p[pStart + 3 * pStride + t]);
          c0 = v0.fma(p0, c0);
          d0 = v1.fma(p0, d0);
          c1 = v0.fma(p1, c1);
          d1 = v1.fma(p1, d1);
          c2 = v0.fma(p2, c2);
          d2 = v1.fma(p2, d2);
          c3 = v0.fma(p3, c3);
          d3 = v1.fma(p3, d3);
        }
        c0.intoArray(o, at);
        d0.intoArray(o, at + LANES);
        c1.intoArray(o, at + oStride);
        d1.intoArray(o, at + oStride + LANES);
        c2.intoArray(o, at + 2 * oStride);
        d2.intoArray(o, at + 2 * oStride + LANES);
        c3.intoArray(o, at + 3 * oStride);
        d3.intoArray(o, at + 3 * oStride + LANES);
      }
      a0.add(b0).intoArray(s, sStart + lane);
      a1.add(b1).intoArray(s, sStart + pStride + lane);
      a2.add(b2).intoArray(s, sStart + 2 * pStride + lane);
      a3.add(b3).intoArray(s, sStart + 3 * pStride + lane);
    }
  }

  /** As {@link #passF16} for F32: a line is the firsts' 64 bytes, then the seconds'. */
  static void passF32(
      MemorySegment memory,
      long key,
      long value,
      int panels,
      int lineBytes,
      float[] q,
      int qStart,
      float[] p,
      int pStart,
      float[] o,
      int oStart,
      float[] s,
      int sStart,
      int pStride) {
    int oStride = panels * TileLayout.PANEL_DIMS;
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long keyLane = key + lane * 4;
      long valueLane = value + lane * 4;
      FloatVector a0 = FloatVector.zero(Species.FLOAT);
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      FloatVector b0 = a0;
      FloatVector b1 = a0;
      FloatVector b2 = a0;
      FloatVector b3 = a0;
      for (int panel = 0; panel < panels; panel++) {
        int at = oStart + panel * TileLayout.PANEL_DIMS + lane;
        FloatVector c0 = FloatVector.fromArray(Species.FLOAT, o, at);
        FloatVector d0 = FloatVector.fromArray(Species.FLOAT, o, at + LANES);
        FloatVector c1 = FloatVector.fromArray(Species.FLOAT, o, at + oStride);
        FloatVector d1 = FloatVector.fromArray(Species.FLOAT, o, at + oStride + LANES);
        FloatVector c2 = FloatVector.fromArray(Species.FLOAT, o, at + 2 * oStride);
        FloatVector d2 = FloatVector.fromArray(Species.FLOAT, o, at + 2 * oStride + LANES);
        FloatVector c3 = FloatVector.fromArray(Species.FLOAT, o, at + 3 * oStride);
        FloatVector d3 = FloatVector.fromArray(Species.FLOAT, o, at + 3 * oStride + LANES);
        for (int t = 0; t < LANES; t++) {
          int line = panel * LANES + t;
          long keyLine = keyLane + (long) line * lineBytes;
          FloatVector k0 = FloatVector.fromMemorySegment(Species.FLOAT, memory, keyLine, ORDER);
          FloatVector k1 =
              FloatVector.fromMemorySegment(Species.FLOAT, memory, keyLine + HALF_LINE, ORDER);
          int qi = qStart + line * QUERY_LINE;
          a0 = k0.fma(FloatVector.broadcast(Species.FLOAT, q[qi]), a0);
          a1 = k0.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 1]), a1);
          a2 = k0.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 2]), a2);
          a3 = k0.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 3]), a3);
          b0 = k1.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 4]), b0);
          b1 = k1.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 5]), b1);
          b2 = k1.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 6]), b2);
          b3 = k1.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 7]), b3);
          long valueLine = valueLane + (long) line * lineBytes;
          FloatVector v0 = FloatVector.fromMemorySegment(Species.FLOAT, memory, valueLine, ORDER);
          FloatVector v1 =
              FloatVector.fromMemorySegment(Species.FLOAT, memory, valueLine + HALF_LINE, ORDER);
          FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[pStart + t]);
          FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[pStart + pStride + t]);
          FloatVector p2 = FloatVector.broadcast(Species.FLOAT, p[pStart + 2 * pStride + t]);
          FloatVector p3 = FloatVector.broadcast(Species.FLOAT, p[pStart + 3 * pStride + t]);
          c0 = v0.fma(p0, c0);
          d0 = v1.fma(p0, d0);
          c1 = v0.fma(p1, c1);
          d1 = v1.fma(p1, d1);
          c2 = v0.fma(p2, c2);
          d2 = v1.fma(p2, d2);
          c3 = v0.fma(p3, c3);
          d3 = v1.fma(p3, d3);
        }
        c0.intoArray(o, at);
        d0.intoArray(o, at + LANES);
        c1.intoArray(o, at + oStride);
        d1.intoArray(o, at + oStride + LANES);
        c2.intoArray(o, at + 2 * oStride);
        d2.intoArray(o, at + 2 * oStride + LANES);
        c3.intoArray(o, at + 3 * oStride);
        d3.intoArray(o, at + 3 * oStride + LANES);
      }
      a0.add(b0).intoArray(s, sStart + lane);
      a1.add(b1).intoArray(s, sStart + pStride + lane);
      a2.add(b2).intoArray(s, sStart + 2 * pStride + lane);
      a3.add(b3).intoArray(s, sStart + 3 * pStride + lane);
    }
  }
}
