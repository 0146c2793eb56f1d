package dev.membound.kernels.attention;

import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The inner loop of attention for up to four query heads of a group where tiles are no streams:
 * scores two key tiles and, line by line beside it, adds two other tiles' weighted values to the
 * output. Waits for the pages of all four coincide. (Where blocks are neighbours, {@link
 * ScoreTiles} and then {@link WeighTiles} are faster.)
 *
 * <p>Flat and long on purpose, as {@link ScoreTiles}.
 */
final class FusedTilePairs {
  private static final int QUERY_LINE = ScoreTiles.QUERY_LINE;
  private static final int F16_BITS = TileDecode.F16_BITS;
  private static final int BF16_BITS = TileDecode.BF16_BITS;
  private static final int LANES = TileLayout.LANES;
  private static final int HALF_LINE = 64;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private FusedTilePairs() {}

  /**
   * One pass over two key and two value tiles of F16, which becomes F32 scaled by 2^−112 by moving
   * its bits: a sign-extending shift by 3 puts the exponent in place and the mask clears the copies
   * of the sign; queries and weights bring the 2^112.
   *
   * @param nearKey byte offset of a key tile
   * @param farKey byte offset of another one
   * @param nearValue byte offset of a value tile
   * @param farValue byte offset of another one
   * @param panels panels of 32 dimensions
   * @param lineBytes 64; a parameter, since C2 splits the loop at a constant stride
   * @param q query lines from {@code qStart}
   * @param p weights of the value tiles' tokens: of head {@code h} 16 near and 16 far ones from
   *     {@code pStart + h·pStride}
   * @param o outputs, head {@code h} from {@code oStart + h·panels·32}
   * @param s receives scores of the key tiles, as in {@code p} but from {@code sStart}
   */
  static void passF16(
      MemorySegment memory,
      long nearKey,
      long farKey,
      long nearValue,
      long farValue,
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
      long laneBytes = lane * 4L;
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
          long line = (long) (panel * LANES + t) * lineBytes + laneBytes;
          int qi = qStart + (panel * LANES + t) * QUERY_LINE;
          IntVector k = IntVector.fromMemorySegment(Species.INT, memory, nearKey + line, ORDER);
          FloatVector k0 =
              k.lanewise(VectorOperators.LSHL, 16)
                  .lanewise(VectorOperators.ASHR, 3)
                  .and(F16_BITS)
                  .reinterpretAsFloats();
          FloatVector k1 = k.lanewise(VectorOperators.ASHR, 3).and(F16_BITS).reinterpretAsFloats();
          IntVector m = IntVector.fromMemorySegment(Species.INT, memory, farKey + line, ORDER);
          FloatVector m0 =
              m.lanewise(VectorOperators.LSHL, 16)
                  .lanewise(VectorOperators.ASHR, 3)
                  .and(F16_BITS)
                  .reinterpretAsFloats();
          FloatVector m1 = m.lanewise(VectorOperators.ASHR, 3).and(F16_BITS).reinterpretAsFloats();
          FloatVector q0 = FloatVector.broadcast(Species.FLOAT, q[qi]);
          a0 = k0.fma(q0, a0);
          b0 = m0.fma(q0, b0);
          FloatVector q1 = FloatVector.broadcast(Species.FLOAT, q[qi + 1]);
          a1 = k0.fma(q1, a1);
          b1 = m0.fma(q1, b1);
          FloatVector q2 = FloatVector.broadcast(Species.FLOAT, q[qi + 2]);
          a2 = k0.fma(q2, a2);
          b2 = m0.fma(q2, b2);
          FloatVector q3 = FloatVector.broadcast(Species.FLOAT, q[qi + 3]);
          a3 = k0.fma(q3, a3);
          b3 = m0.fma(q3, b3);
          FloatVector q4 = FloatVector.broadcast(Species.FLOAT, q[qi + 4]);
          a0 = k1.fma(q4, a0);
          b0 = m1.fma(q4, b0);
          FloatVector q5 = FloatVector.broadcast(Species.FLOAT, q[qi + 5]);
          a1 = k1.fma(q5, a1);
          b1 = m1.fma(q5, b1);
          FloatVector q6 = FloatVector.broadcast(Species.FLOAT, q[qi + 6]);
          a2 = k1.fma(q6, a2);
          b2 = m1.fma(q6, b2);
          FloatVector q7 = FloatVector.broadcast(Species.FLOAT, q[qi + 7]);
          a3 = k1.fma(q7, a3);
          b3 = m1.fma(q7, b3);
          IntVector v = IntVector.fromMemorySegment(Species.INT, memory, nearValue + line, ORDER);
          FloatVector v0 =
              v.lanewise(VectorOperators.LSHL, 16)
                  .lanewise(VectorOperators.ASHR, 3)
                  .and(F16_BITS)
                  .reinterpretAsFloats();
          FloatVector v1 = v.lanewise(VectorOperators.ASHR, 3).and(F16_BITS).reinterpretAsFloats();
          FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[pStart + t]);
          c0 = v0.fma(p0, c0);
          d0 = v1.fma(p0, d0);
          FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[pStart + pStride + t]);
          c1 = v0.fma(p1, c1);
          d1 = v1.fma(p1, d1);
          FloatVector p2 = FloatVector.broadcast(Species.FLOAT, p[pStart + 2 * pStride + t]);
          c2 = v0.fma(p2, c2);
          d2 = v1.fma(p2, d2);
          FloatVector p3 = FloatVector.broadcast(Species.FLOAT, p[pStart + 3 * pStride + t]);
          c3 = v0.fma(p3, c3);
          d3 = v1.fma(p3, d3);
          IntVector w = IntVector.fromMemorySegment(Species.INT, memory, farValue + line, ORDER);
          FloatVector w0 =
              w.lanewise(VectorOperators.LSHL, 16)
                  .lanewise(VectorOperators.ASHR, 3)
                  .and(F16_BITS)
                  .reinterpretAsFloats();
          FloatVector w1 = w.lanewise(VectorOperators.ASHR, 3).and(F16_BITS).reinterpretAsFloats();
          FloatVector r0 = FloatVector.broadcast(Species.FLOAT, p[pStart + LANES + t]);
          c0 = w0.fma(r0, c0);
          d0 = w1.fma(r0, d0);
          FloatVector r1 = FloatVector.broadcast(Species.FLOAT, p[pStart + pStride + LANES + t]);
          c1 = w0.fma(r1, c1);
          d1 = w1.fma(r1, d1);
          FloatVector r2 =
              FloatVector.broadcast(Species.FLOAT, p[pStart + 2 * pStride + LANES + t]);
          c2 = w0.fma(r2, c2);
          d2 = w1.fma(r2, d2);
          FloatVector r3 =
              FloatVector.broadcast(Species.FLOAT, p[pStart + 3 * pStride + LANES + t]);
          c3 = w0.fma(r3, c3);
          d3 = w1.fma(r3, d3);
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
      a0.intoArray(s, sStart + lane);
      b0.intoArray(s, sStart + LANES + lane);
      a1.intoArray(s, sStart + pStride + lane);
      b1.intoArray(s, sStart + pStride + LANES + lane);
      a2.intoArray(s, sStart + 2 * pStride + lane);
      b2.intoArray(s, sStart + 2 * pStride + LANES + lane);
      a3.intoArray(s, sStart + 3 * pStride + lane);
      b3.intoArray(s, sStart + 3 * pStride + LANES + lane);
    }
  }

  /** As {@link #passF16} for BF16, the upper half of an F32. */
  static void passBF16(
      MemorySegment memory,
      long nearKey,
      long farKey,
      long nearValue,
      long farValue,
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
      long laneBytes = lane * 4L;
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
          long line = (long) (panel * LANES + t) * lineBytes + laneBytes;
          int qi = qStart + (panel * LANES + t) * QUERY_LINE;
          IntVector k = IntVector.fromMemorySegment(Species.INT, memory, nearKey + line, ORDER);
          FloatVector k0 = k.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          FloatVector k1 = k.and(BF16_BITS).reinterpretAsFloats();
          IntVector m = IntVector.fromMemorySegment(Species.INT, memory, farKey + line, ORDER);
          FloatVector m0 = m.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          FloatVector m1 = m.and(BF16_BITS).reinterpretAsFloats();
          FloatVector q0 = FloatVector.broadcast(Species.FLOAT, q[qi]);
          a0 = k0.fma(q0, a0);
          b0 = m0.fma(q0, b0);
          FloatVector q1 = FloatVector.broadcast(Species.FLOAT, q[qi + 1]);
          a1 = k0.fma(q1, a1);
          b1 = m0.fma(q1, b1);
          FloatVector q2 = FloatVector.broadcast(Species.FLOAT, q[qi + 2]);
          a2 = k0.fma(q2, a2);
          b2 = m0.fma(q2, b2);
          FloatVector q3 = FloatVector.broadcast(Species.FLOAT, q[qi + 3]);
          a3 = k0.fma(q3, a3);
          b3 = m0.fma(q3, b3);
          FloatVector q4 = FloatVector.broadcast(Species.FLOAT, q[qi + 4]);
          a0 = k1.fma(q4, a0);
          b0 = m1.fma(q4, b0);
          FloatVector q5 = FloatVector.broadcast(Species.FLOAT, q[qi + 5]);
          a1 = k1.fma(q5, a1);
          b1 = m1.fma(q5, b1);
          FloatVector q6 = FloatVector.broadcast(Species.FLOAT, q[qi + 6]);
          a2 = k1.fma(q6, a2);
          b2 = m1.fma(q6, b2);
          FloatVector q7 = FloatVector.broadcast(Species.FLOAT, q[qi + 7]);
          a3 = k1.fma(q7, a3);
          b3 = m1.fma(q7, b3);
          IntVector v = IntVector.fromMemorySegment(Species.INT, memory, nearValue + line, ORDER);
          FloatVector v0 = v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          FloatVector v1 = v.and(BF16_BITS).reinterpretAsFloats();
          FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[pStart + t]);
          c0 = v0.fma(p0, c0);
          d0 = v1.fma(p0, d0);
          FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[pStart + pStride + t]);
          c1 = v0.fma(p1, c1);
          d1 = v1.fma(p1, d1);
          FloatVector p2 = FloatVector.broadcast(Species.FLOAT, p[pStart + 2 * pStride + t]);
          c2 = v0.fma(p2, c2);
          d2 = v1.fma(p2, d2);
          FloatVector p3 = FloatVector.broadcast(Species.FLOAT, p[pStart + 3 * pStride + t]);
          c3 = v0.fma(p3, c3);
          d3 = v1.fma(p3, d3);
          IntVector w = IntVector.fromMemorySegment(Species.INT, memory, farValue + line, ORDER);
          FloatVector w0 = w.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          FloatVector w1 = w.and(BF16_BITS).reinterpretAsFloats();
          FloatVector r0 = FloatVector.broadcast(Species.FLOAT, p[pStart + LANES + t]);
          c0 = w0.fma(r0, c0);
          d0 = w1.fma(r0, d0);
          FloatVector r1 = FloatVector.broadcast(Species.FLOAT, p[pStart + pStride + LANES + t]);
          c1 = w0.fma(r1, c1);
          d1 = w1.fma(r1, d1);
          FloatVector r2 =
              FloatVector.broadcast(Species.FLOAT, p[pStart + 2 * pStride + LANES + t]);
          c2 = w0.fma(r2, c2);
          d2 = w1.fma(r2, d2);
          FloatVector r3 =
              FloatVector.broadcast(Species.FLOAT, p[pStart + 3 * pStride + LANES + t]);
          c3 = w0.fma(r3, c3);
          d3 = w1.fma(r3, d3);
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
      a0.intoArray(s, sStart + lane);
      b0.intoArray(s, sStart + LANES + lane);
      a1.intoArray(s, sStart + pStride + lane);
      b1.intoArray(s, sStart + pStride + LANES + lane);
      a2.intoArray(s, sStart + 2 * pStride + lane);
      b2.intoArray(s, sStart + 2 * pStride + LANES + lane);
      a3.intoArray(s, sStart + 3 * pStride + lane);
      b3.intoArray(s, sStart + 3 * pStride + LANES + lane);
    }
  }

  /** As {@link #passF16} for F32: a line is the firsts' 64 bytes, then the seconds'. */
  static void passF32(
      MemorySegment memory,
      long nearKey,
      long farKey,
      long nearValue,
      long farValue,
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
      long laneBytes = lane * 4L;
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
          long line = (long) (panel * LANES + t) * lineBytes + laneBytes;
          int qi = qStart + (panel * LANES + t) * QUERY_LINE;
          FloatVector k0 =
              FloatVector.fromMemorySegment(Species.FLOAT, memory, nearKey + line, ORDER);
          FloatVector k1 =
              FloatVector.fromMemorySegment(
                  Species.FLOAT, memory, nearKey + line + HALF_LINE, ORDER);
          FloatVector m0 =
              FloatVector.fromMemorySegment(Species.FLOAT, memory, farKey + line, ORDER);
          FloatVector m1 =
              FloatVector.fromMemorySegment(
                  Species.FLOAT, memory, farKey + line + HALF_LINE, ORDER);
          FloatVector q0 = FloatVector.broadcast(Species.FLOAT, q[qi]);
          a0 = k0.fma(q0, a0);
          b0 = m0.fma(q0, b0);
          FloatVector q1 = FloatVector.broadcast(Species.FLOAT, q[qi + 1]);
          a1 = k0.fma(q1, a1);
          b1 = m0.fma(q1, b1);
          FloatVector q2 = FloatVector.broadcast(Species.FLOAT, q[qi + 2]);
          a2 = k0.fma(q2, a2);
          b2 = m0.fma(q2, b2);
          FloatVector q3 = FloatVector.broadcast(Species.FLOAT, q[qi + 3]);
          a3 = k0.fma(q3, a3);
          b3 = m0.fma(q3, b3);
          FloatVector q4 = FloatVector.broadcast(Species.FLOAT, q[qi + 4]);
          a0 = k1.fma(q4, a0);
          b0 = m1.fma(q4, b0);
          FloatVector q5 = FloatVector.broadcast(Species.FLOAT, q[qi + 5]);
          a1 = k1.fma(q5, a1);
          b1 = m1.fma(q5, b1);
          FloatVector q6 = FloatVector.broadcast(Species.FLOAT, q[qi + 6]);
          a2 = k1.fma(q6, a2);
          b2 = m1.fma(q6, b2);
          FloatVector q7 = FloatVector.broadcast(Species.FLOAT, q[qi + 7]);
          a3 = k1.fma(q7, a3);
          b3 = m1.fma(q7, b3);
          FloatVector v0 =
              FloatVector.fromMemorySegment(Species.FLOAT, memory, nearValue + line, ORDER);
          FloatVector v1 =
              FloatVector.fromMemorySegment(
                  Species.FLOAT, memory, nearValue + line + HALF_LINE, ORDER);
          FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[pStart + t]);
          c0 = v0.fma(p0, c0);
          d0 = v1.fma(p0, d0);
          FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[pStart + pStride + t]);
          c1 = v0.fma(p1, c1);
          d1 = v1.fma(p1, d1);
          FloatVector p2 = FloatVector.broadcast(Species.FLOAT, p[pStart + 2 * pStride + t]);
          c2 = v0.fma(p2, c2);
          d2 = v1.fma(p2, d2);
          FloatVector p3 = FloatVector.broadcast(Species.FLOAT, p[pStart + 3 * pStride + t]);
          c3 = v0.fma(p3, c3);
          d3 = v1.fma(p3, d3);
          FloatVector w0 =
              FloatVector.fromMemorySegment(Species.FLOAT, memory, farValue + line, ORDER);
          FloatVector w1 =
              FloatVector.fromMemorySegment(
                  Species.FLOAT, memory, farValue + line + HALF_LINE, ORDER);
          FloatVector r0 = FloatVector.broadcast(Species.FLOAT, p[pStart + LANES + t]);
          c0 = w0.fma(r0, c0);
          d0 = w1.fma(r0, d0);
          FloatVector r1 = FloatVector.broadcast(Species.FLOAT, p[pStart + pStride + LANES + t]);
          c1 = w0.fma(r1, c1);
          d1 = w1.fma(r1, d1);
          FloatVector r2 =
              FloatVector.broadcast(Species.FLOAT, p[pStart + 2 * pStride + LANES + t]);
          c2 = w0.fma(r2, c2);
          d2 = w1.fma(r2, d2);
          FloatVector r3 =
              FloatVector.broadcast(Species.FLOAT, p[pStart + 3 * pStride + LANES + t]);
          c3 = w0.fma(r3, c3);
          d3 = w1.fma(r3, d3);
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
      a0.intoArray(s, sStart + lane);
      b0.intoArray(s, sStart + LANES + lane);
      a1.intoArray(s, sStart + pStride + lane);
      b1.intoArray(s, sStart + pStride + LANES + lane);
      a2.intoArray(s, sStart + 2 * pStride + lane);
      b2.intoArray(s, sStart + 2 * pStride + LANES + lane);
      a3.intoArray(s, sStart + 3 * pStride + lane);
      b3.intoArray(s, sStart + 3 * pStride + LANES + lane);
    }
  }
}
