package dev.membound.kernels.attention;

import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** As {@link ScoreTiles} for 1-byte elements with scales. */
final class ScoreByteTiles {
  private static final int LANES = TileLayout.LANES;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private ScoreByteTiles() {}

  /**
   * Two key tiles of signed integers.
   *
   * @param first byte offset of a tile's first line
   * @param second byte offset of the other tile's first line
   * @param panels panels of 64 dimensions
   * @param lineBytes 64; a parameter, since C2 splits the loop at a constant stride
   * @param q query lines of {@link ByteTiles#QUERY_LINE} from {@code qStart}
   * @param heads query heads that are stored, 1 to 4
   * @param firstScales of the first tile's tokens, a row a block of 32 dimensions
   * @param secondScales of the second tile's tokens
   * @param scaleStride floats from a row of scales to the next: 16, or 0 where all blocks share one
   * @param s receives 16 scores of the first tile from {@code firstAt}, of the second from {@code
   *     secondAt}, the next head's {@code headStride} further
   */
  static void passInteger(
      MemorySegment memory,
      long first,
      long second,
      int panels,
      int lineBytes,
      float[] q,
      int qStart,
      int heads,
      float[] firstScales,
      float[] secondScales,
      int scaleStride,
      float[] s,
      int firstAt,
      int secondAt,
      int headStride) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long firstLane = first + lane * 4;
      long secondLane = second + lane * 4;
      FloatVector s0 = FloatVector.zero(Species.FLOAT);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      FloatVector u0 = s0;
      FloatVector u1 = s0;
      FloatVector u2 = s0;
      FloatVector u3 = s0;
      for (int panel = 0; panel < panels; panel++) {
        int lower = 2 * panel * scaleStride + lane;
        int upper = lower + scaleStride;
        FloatVector a0 = FloatVector.zero(Species.FLOAT);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        FloatVector c0 = a0;
        FloatVector c1 = a0;
        FloatVector c2 = a0;
        FloatVector c3 = a0;
        FloatVector d0 = a0;
        FloatVector d1 = a0;
        FloatVector d2 = a0;
        FloatVector d3 = a0;
        for (int t = 0; t < LANES; t++) {
          int line = panel * LANES + t;
          IntVector k =
              IntVector.fromMemorySegment(
                  Species.INT, memory, firstLane + (long) line * lineBytes, ORDER);
          IntVector m =
              IntVector.fromMemorySegment(
                  Species.INT, memory, secondLane + (long) line * lineBytes, ORDER);
          int qi = qStart + line * ByteTiles.QUERY_LINE;
          FloatVector k0 =
              (FloatVector)
                  k.lanewise(VectorOperators.LSHL, 24)
                      .lanewise(VectorOperators.ASHR, 24)
                      .convert(VectorOperators.I2F, 0);
          FloatVector m0 =
              (FloatVector)
                  m.lanewise(VectorOperators.LSHL, 24)
                      .lanewise(VectorOperators.ASHR, 24)
                      .convert(VectorOperators.I2F, 0);
          FloatVector q0 = FloatVector.broadcast(Species.FLOAT, q[qi]);
          a0 = k0.fma(q0, a0);
          c0 = m0.fma(q0, c0);
          FloatVector q1 = FloatVector.broadcast(Species.FLOAT, q[qi + 1]);
          a1 = k0.fma(q1, a1);
          c1 = m0.fma(q1, c1);
          FloatVector q2 = FloatVector.broadcast(Species.FLOAT, q[qi + 2]);
          a2 = k0.fma(q2, a2);
          c2 = m0.fma(q2, c2);
          FloatVector q3 = FloatVector.broadcast(Species.FLOAT, q[qi + 3]);
          a3 = k0.fma(q3, a3);
          c3 = m0.fma(q3, c3);
          FloatVector k1 =
              (FloatVector)
                  k.lanewise(VectorOperators.LSHL, 16)
                      .lanewise(VectorOperators.ASHR, 24)
                      .convert(VectorOperators.I2F, 0);
          FloatVector m1 =
              (FloatVector)
                  m.lanewise(VectorOperators.LSHL, 16)
                      .lanewise(VectorOperators.ASHR, 24)
                      .convert(VectorOperators.I2F, 0);
          FloatVector q4 = FloatVector.broadcast(Species.FLOAT, q[qi + 4]);
          a0 = k1.fma(q4, a0);
          c0 = m1.fma(q4, c0);
          FloatVector q5 = FloatVector.broadcast(Species.FLOAT, q[qi + 5]);
          a1 = k1.fma(q5, a1);
          c1 = m1.fma(q5, c1);
          FloatVector q6 = FloatVector.broadcast(Species.FLOAT, q[qi + 6]);
          a2 = k1.fma(q6, a2);
          c2 = m1.fma(q6, c2);
          FloatVector q7 = FloatVector.broadcast(Species.FLOAT, q[qi + 7]);
          a3 = k1.fma(q7, a3);
          c3 = m1.fma(q7, c3);
          FloatVector k2 =
              (FloatVector)
                  k.lanewise(VectorOperators.LSHL, 8)
                      .lanewise(VectorOperators.ASHR, 24)
                      .convert(VectorOperators.I2F, 0);
          FloatVector m2 =
              (FloatVector)
                  m.lanewise(VectorOperators.LSHL, 8)
                      .lanewise(VectorOperators.ASHR, 24)
                      .convert(VectorOperators.I2F, 0);
          FloatVector q8 = FloatVector.broadcast(Species.FLOAT, q[qi + 8]);
          b0 = k2.fma(q8, b0);
          d0 = m2.fma(q8, d0);
          FloatVector q9 = FloatVector.broadcast(Species.FLOAT, q[qi + 9]);
          b1 = k2.fma(q9, b1);
          d1 = m2.fma(q9, d1);
          FloatVector q10 = FloatVector.broadcast(Species.FLOAT, q[qi + 10]);
          b2 = k2.fma(q10, b2);
          d2 = m2.fma(q10, d2);
          FloatVector q11 = FloatVector.broadcast(Species.FLOAT, q[qi + 11]);
          b3 = k2.fma(q11, b3);
          d3 = m2.fma(q11, d3);
          FloatVector k3 =
              (FloatVector) k.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0);
          FloatVector m3 =
              (FloatVector) m.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0);
          FloatVector q12 = FloatVector.broadcast(Species.FLOAT, q[qi + 12]);
          b0 = k3.fma(q12, b0);
          d0 = m3.fma(q12, d0);
          FloatVector q13 = FloatVector.broadcast(Species.FLOAT, q[qi + 13]);
          b1 = k3.fma(q13, b1);
          d1 = m3.fma(q13, d1);
          FloatVector q14 = FloatVector.broadcast(Species.FLOAT, q[qi + 14]);
          b2 = k3.fma(q14, b2);
          d2 = m3.fma(q14, d2);
          FloatVector q15 = FloatVector.broadcast(Species.FLOAT, q[qi + 15]);
          b3 = k3.fma(q15, b3);
          d3 = m3.fma(q15, d3);
        }
        FloatVector low = FloatVector.fromArray(Species.FLOAT, firstScales, lower);
        FloatVector high = FloatVector.fromArray(Species.FLOAT, firstScales, upper);
        s0 = b0.fma(high, a0.fma(low, s0));
        s1 = b1.fma(high, a1.fma(low, s1));
        s2 = b2.fma(high, a2.fma(low, s2));
        s3 = b3.fma(high, a3.fma(low, s3));
        low = FloatVector.fromArray(Species.FLOAT, secondScales, lower);
        high = FloatVector.fromArray(Species.FLOAT, secondScales, upper);
        u0 = d0.fma(high, c0.fma(low, u0));
        u1 = d1.fma(high, c1.fma(low, u1));
        u2 = d2.fma(high, c2.fma(low, u2));
        u3 = d3.fma(high, c3.fma(low, u3));
      }
      int at = firstAt + lane;
      int far = secondAt + lane;
      s0.intoArray(s, at);
      u0.intoArray(s, far);
      if (heads > 1) {
        s1.intoArray(s, at + headStride);
        u1.intoArray(s, far + headStride);
      }
      if (heads > 2) {
        s2.intoArray(s, at + 2 * headStride);
        u2.intoArray(s, far + 2 * headStride);
      }
      if (heads > 3) {
        s3.intoArray(s, at + 3 * headStride);
        u3.intoArray(s, far + 3 * headStride);
      }
    }
  }

  /** As {@link #passInteger} for E4M3, decoded as in {@link ByteTiles#scoreE4M3}. */
  static void passE4M3(
      MemorySegment memory,
      long first,
      long second,
      int panels,
      int lineBytes,
      float[] q,
      int qStart,
      int heads,
      float[] firstScales,
      float[] secondScales,
      int scaleStride,
      float[] s,
      int firstAt,
      int secondAt,
      int headStride) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long firstLane = first + lane * 4;
      long secondLane = second + lane * 4;
      FloatVector s0 = FloatVector.zero(Species.FLOAT);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      FloatVector u0 = s0;
      FloatVector u1 = s0;
      FloatVector u2 = s0;
      FloatVector u3 = s0;
      for (int panel = 0; panel < panels; panel++) {
        int lower = 2 * panel * scaleStride + lane;
        int upper = lower + scaleStride;
        FloatVector a0 = FloatVector.zero(Species.FLOAT);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        FloatVector c0 = a0;
        FloatVector c1 = a0;
        FloatVector c2 = a0;
        FloatVector c3 = a0;
        FloatVector d0 = a0;
        FloatVector d1 = a0;
        FloatVector d2 = a0;
        FloatVector d3 = a0;
        for (int t = 0; t < LANES; t++) {
          int line = panel * LANES + t;
          IntVector k =
              IntVector.fromMemorySegment(
                  Species.INT, memory, firstLane + (long) line * lineBytes, ORDER);
          IntVector m =
              IntVector.fromMemorySegment(
                  Species.INT, memory, secondLane + (long) line * lineBytes, ORDER);
          int qi = qStart + line * ByteTiles.QUERY_LINE;
          FloatVector k0 =
              k.lanewise(VectorOperators.LSHL, 24)
                  .lanewise(VectorOperators.ASHR, 4)
                  .and(ByteTiles.E4M3_BITS)
                  .reinterpretAsFloats();
          FloatVector m0 =
              m.lanewise(VectorOperators.LSHL, 24)
                  .lanewise(VectorOperators.ASHR, 4)
                  .and(ByteTiles.E4M3_BITS)
                  .reinterpretAsFloats();
          FloatVector q0 = FloatVector.broadcast(Species.FLOAT, q[qi]);
          a0 = k0.fma(q0, a0);
          c0 = m0.fma(q0, c0);
          FloatVector q1 = FloatVector.broadcast(Species.FLOAT, q[qi + 1]);
          a1 = k0.fma(q1, a1);
          c1 = m0.fma(q1, c1);
          FloatVector q2 = FloatVector.broadcast(Species.FLOAT, q[qi + 2]);
          a2 = k0.fma(q2, a2);
          c2 = m0.fma(q2, c2);
          FloatVector q3 = FloatVector.broadcast(Species.FLOAT, q[qi + 3]);
          a3 = k0.fma(q3, a3);
          c3 = m0.fma(q3, c3);
          FloatVector k1 =
              k.lanewise(VectorOperators.LSHL, 16)
                  .lanewise(VectorOperators.ASHR, 4)
                  .and(ByteTiles.E4M3_BITS)
                  .reinterpretAsFloats();
          FloatVector m1 =
              m.lanewise(VectorOperators.LSHL, 16)
                  .lanewise(VectorOperators.ASHR, 4)
                  .and(ByteTiles.E4M3_BITS)
                  .reinterpretAsFloats();
          FloatVector q4 = FloatVector.broadcast(Species.FLOAT, q[qi + 4]);
          a0 = k1.fma(q4, a0);
          c0 = m1.fma(q4, c0);
          FloatVector q5 = FloatVector.broadcast(Species.FLOAT, q[qi + 5]);
          a1 = k1.fma(q5, a1);
          c1 = m1.fma(q5, c1);
          FloatVector q6 = FloatVector.broadcast(Species.FLOAT, q[qi + 6]);
          a2 = k1.fma(q6, a2);
          c2 = m1.fma(q6, c2);
          FloatVector q7 = FloatVector.broadcast(Species.FLOAT, q[qi + 7]);
          a3 = k1.fma(q7, a3);
          c3 = m1.fma(q7, c3);
          FloatVector k2 =
              k.lanewise(VectorOperators.LSHL, 8)
                  .lanewise(VectorOperators.ASHR, 4)
                  .and(ByteTiles.E4M3_BITS)
                  .reinterpretAsFloats();
          FloatVector m2 =
              m.lanewise(VectorOperators.LSHL, 8)
                  .lanewise(VectorOperators.ASHR, 4)
                  .and(ByteTiles.E4M3_BITS)
                  .reinterpretAsFloats();
          FloatVector q8 = FloatVector.broadcast(Species.FLOAT, q[qi + 8]);
          b0 = k2.fma(q8, b0);
          d0 = m2.fma(q8, d0);
          FloatVector q9 = FloatVector.broadcast(Species.FLOAT, q[qi + 9]);
          b1 = k2.fma(q9, b1);
          d1 = m2.fma(q9, d1);
          FloatVector q10 = FloatVector.broadcast(Species.FLOAT, q[qi + 10]);
          b2 = k2.fma(q10, b2);
          d2 = m2.fma(q10, d2);
          FloatVector q11 = FloatVector.broadcast(Species.FLOAT, q[qi + 11]);
          b3 = k2.fma(q11, b3);
          d3 = m2.fma(q11, d3);
          FloatVector k3 =
              k.lanewise(VectorOperators.ASHR, 4).and(ByteTiles.E4M3_BITS).reinterpretAsFloats();
          FloatVector m3 =
              m.lanewise(VectorOperators.ASHR, 4).and(ByteTiles.E4M3_BITS).reinterpretAsFloats();
          FloatVector q12 = FloatVector.broadcast(Species.FLOAT, q[qi + 12]);
          b0 = k3.fma(q12, b0);
          d0 = m3.fma(q12, d0);
          FloatVector q13 = FloatVector.broadcast(Species.FLOAT, q[qi + 13]);
          b1 = k3.fma(q13, b1);
          d1 = m3.fma(q13, d1);
          FloatVector q14 = FloatVector.broadcast(Species.FLOAT, q[qi + 14]);
          b2 = k3.fma(q14, b2);
          d2 = m3.fma(q14, d2);
          FloatVector q15 = FloatVector.broadcast(Species.FLOAT, q[qi + 15]);
          b3 = k3.fma(q15, b3);
          d3 = m3.fma(q15, d3);
        }
        FloatVector low = FloatVector.fromArray(Species.FLOAT, firstScales, lower);
        FloatVector high = FloatVector.fromArray(Species.FLOAT, firstScales, upper);
        s0 = b0.fma(high, a0.fma(low, s0));
        s1 = b1.fma(high, a1.fma(low, s1));
        s2 = b2.fma(high, a2.fma(low, s2));
        s3 = b3.fma(high, a3.fma(low, s3));
        low = FloatVector.fromArray(Species.FLOAT, secondScales, lower);
        high = FloatVector.fromArray(Species.FLOAT, secondScales, upper);
        u0 = d0.fma(high, c0.fma(low, u0));
        u1 = d1.fma(high, c1.fma(low, u1));
        u2 = d2.fma(high, c2.fma(low, u2));
        u3 = d3.fma(high, c3.fma(low, u3));
      }
      int at = firstAt + lane;
      int far = secondAt + lane;
      s0.intoArray(s, at);
      u0.intoArray(s, far);
      if (heads > 1) {
        s1.intoArray(s, at + headStride);
        u1.intoArray(s, far + headStride);
      }
      if (heads > 2) {
        s2.intoArray(s, at + 2 * headStride);
        u2.intoArray(s, far + 2 * headStride);
      }
      if (heads > 3) {
        s3.intoArray(s, at + 3 * headStride);
        u3.intoArray(s, far + 3 * headStride);
      }
    }
  }
}
