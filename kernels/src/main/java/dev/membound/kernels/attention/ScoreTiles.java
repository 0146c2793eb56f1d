package dev.membound.kernels.attention;

import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.provider.Species;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The inner loop of scoring: two tiles against up to four query heads at once. The two are meant to
 * lie far apart, so that a thread reads two sequential streams.
 *
 * <p>The methods are flat, long and one a type on purpose: C2 boxes vectors that cross a call which
 * it does not inline, and a shift by a variable costs the core two operations. At less than 512
 * bits the tiles are walked again for the next lanes; they are in the L1 cache then.
 */
final class ScoreTiles {
  /** Query heads of a pass. */
  static final int HEADS = 4;

  /** Floats of a query line: a pair for each head, the firsts before the seconds. */
  static final int QUERY_LINE = 2 * HEADS;

  private static final int LANES = TileLayout.LANES;
  private static final int F16_BITS = TileDecode.F16_BITS;
  private static final int BF16_BITS = TileDecode.BF16_BITS;
  private static final int HALF_LINE = 64;

  /** Bytes of a tile a float of a query line: one counter steps through both. */
  private static final long PAIR_STRIDE = 64 / QUERY_LINE;

  private static final long F32_STRIDE = 2 * PAIR_STRIDE;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private ScoreTiles() {}

  /**
   * Two tiles of F16, which becomes F32 scaled by 2^−112 by moving its bits: a sign-extending shift
   * by 3 puts the exponent in place and the mask clears the copies of the sign; queries bring the
   * 2^112.
   *
   * @param base address from which offsets count; the caller has checked that the tiles are there
   * @param tiles byte offsets of two tiles for each pair
   * @param q query lines from {@code qStart}
   * @param heads query heads that are stored, 1 to 4
   * @param s receives 16 scores of the first tile from {@code firstAt}, of the second from {@code
   *     secondAt}, the next pair's {@code pairStride} and the next head's {@code headStride}
   *     further
   */
  static void passF16(
      long base,
      long[] tiles,
      int pairs,
      int lines,
      float[] q,
      int qStart,
      int heads,
      float[] s,
      int firstAt,
      int secondAt,
      int pairStride,
      int headStride) {
    int qEnd = qStart + lines * QUERY_LINE;
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long start = base + lane * 4L - (long) qStart * PAIR_STRIDE;
      for (int pair = 0; pair < pairs; pair++) {
        long firstTile = start + tiles[2 * pair];
        long secondTile = start + tiles[2 * pair + 1];
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
        for (int qi = qStart; qi < qEnd; qi += QUERY_LINE) {
          long firstLine = NativeAddress.within(firstTile + (long) qi * PAIR_STRIDE);
          long secondLine = NativeAddress.within(secondTile + (long) qi * PAIR_STRIDE);
          IntVector k = IntVector.fromMemorySegment(Species.INT, SPACE, firstLine, ORDER);
          FloatVector k0 =
              k.lanewise(VectorOperators.LSHL, 16)
                  .lanewise(VectorOperators.ASHR, 3)
                  .and(F16_BITS)
                  .reinterpretAsFloats();
          FloatVector k1 = k.lanewise(VectorOperators.ASHR, 3).and(F16_BITS).reinterpretAsFloats();
          IntVector m = IntVector.fromMemorySegment(Species.INT, SPACE, secondLine, ORDER);
          FloatVector m0 =
              m.lanewise(VectorOperators.LSHL, 16)
                  .lanewise(VectorOperators.ASHR, 3)
                  .and(F16_BITS)
                  .reinterpretAsFloats();
          FloatVector m1 = m.lanewise(VectorOperators.ASHR, 3).and(F16_BITS).reinterpretAsFloats();
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
          FloatVector q4 = FloatVector.broadcast(Species.FLOAT, q[qi + 4]);
          b0 = k1.fma(q4, b0);
          d0 = m1.fma(q4, d0);
          FloatVector q5 = FloatVector.broadcast(Species.FLOAT, q[qi + 5]);
          b1 = k1.fma(q5, b1);
          d1 = m1.fma(q5, d1);
          FloatVector q6 = FloatVector.broadcast(Species.FLOAT, q[qi + 6]);
          b2 = k1.fma(q6, b2);
          d2 = m1.fma(q6, d2);
          FloatVector q7 = FloatVector.broadcast(Species.FLOAT, q[qi + 7]);
          b3 = k1.fma(q7, b3);
          d3 = m1.fma(q7, d3);
        }
        int at = firstAt + pair * pairStride + lane;
        int far = secondAt + pair * pairStride + lane;
        a0.add(b0).intoArray(s, at);
        c0.add(d0).intoArray(s, far);
        if (heads > 1) {
          a1.add(b1).intoArray(s, at + headStride);
          c1.add(d1).intoArray(s, far + headStride);
        }
        if (heads > 2) {
          a2.add(b2).intoArray(s, at + 2 * headStride);
          c2.add(d2).intoArray(s, far + 2 * headStride);
        }
        if (heads > 3) {
          a3.add(b3).intoArray(s, at + 3 * headStride);
          c3.add(d3).intoArray(s, far + 3 * headStride);
        }
      }
    }
  }

  /** As {@link #passF16} for BF16. */
  static void passBF16(
      long base,
      long[] tiles,
      int pairs,
      int lines,
      float[] q,
      int qStart,
      int heads,
      float[] s,
      int firstAt,
      int secondAt,
      int pairStride,
      int headStride) {
    int qEnd = qStart + lines * QUERY_LINE;
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long start = base + lane * 4L - (long) qStart * PAIR_STRIDE;
      for (int pair = 0; pair < pairs; pair++) {
        long firstTile = start + tiles[2 * pair];
        long secondTile = start + tiles[2 * pair + 1];
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
        for (int qi = qStart; qi < qEnd; qi += QUERY_LINE) {
          long firstLine = NativeAddress.within(firstTile + (long) qi * PAIR_STRIDE);
          long secondLine = NativeAddress.within(secondTile + (long) qi * PAIR_STRIDE);
          IntVector k = IntVector.fromMemorySegment(Species.INT, SPACE, firstLine, ORDER);
          FloatVector k0 = k.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          FloatVector k1 = k.and(BF16_BITS).reinterpretAsFloats();
          IntVector m = IntVector.fromMemorySegment(Species.INT, SPACE, secondLine, ORDER);
          FloatVector m0 = m.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          FloatVector m1 = m.and(BF16_BITS).reinterpretAsFloats();
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
          FloatVector q4 = FloatVector.broadcast(Species.FLOAT, q[qi + 4]);
          b0 = k1.fma(q4, b0);
          d0 = m1.fma(q4, d0);
          FloatVector q5 = FloatVector.broadcast(Species.FLOAT, q[qi + 5]);
          b1 = k1.fma(q5, b1);
          d1 = m1.fma(q5, d1);
          FloatVector q6 = FloatVector.broadcast(Species.FLOAT, q[qi + 6]);
          b2 = k1.fma(q6, b2);
          d2 = m1.fma(q6, d2);
          FloatVector q7 = FloatVector.broadcast(Species.FLOAT, q[qi + 7]);
          b3 = k1.fma(q7, b3);
          d3 = m1.fma(q7, d3);
        }
        int at = firstAt + pair * pairStride + lane;
        int far = secondAt + pair * pairStride + lane;
        a0.add(b0).intoArray(s, at);
        c0.add(d0).intoArray(s, far);
        if (heads > 1) {
          a1.add(b1).intoArray(s, at + headStride);
          c1.add(d1).intoArray(s, far + headStride);
        }
        if (heads > 2) {
          a2.add(b2).intoArray(s, at + 2 * headStride);
          c2.add(d2).intoArray(s, far + 2 * headStride);
        }
        if (heads > 3) {
          a3.add(b3).intoArray(s, at + 3 * headStride);
          c3.add(d3).intoArray(s, far + 3 * headStride);
        }
      }
    }
  }

  /** As {@link #passF16} for F32: a line is the firsts' 64 bytes, then the seconds'. */
  static void passF32(
      long base,
      long[] tiles,
      int pairs,
      int lines,
      float[] q,
      int qStart,
      int heads,
      float[] s,
      int firstAt,
      int secondAt,
      int pairStride,
      int headStride) {
    int qEnd = qStart + lines * QUERY_LINE;
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long start = base + lane * 4L - (long) qStart * F32_STRIDE;
      for (int pair = 0; pair < pairs; pair++) {
        long firstTile = start + tiles[2 * pair];
        long secondTile = start + tiles[2 * pair + 1];
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
        for (int qi = qStart; qi < qEnd; qi += QUERY_LINE) {
          long firstLine = NativeAddress.within(firstTile + (long) qi * F32_STRIDE);
          long secondLine = NativeAddress.within(secondTile + (long) qi * F32_STRIDE);
          FloatVector k0 = FloatVector.fromMemorySegment(Species.FLOAT, SPACE, firstLine, ORDER);
          FloatVector k1 =
              FloatVector.fromMemorySegment(Species.FLOAT, SPACE, firstLine + HALF_LINE, ORDER);
          FloatVector m0 = FloatVector.fromMemorySegment(Species.FLOAT, SPACE, secondLine, ORDER);
          FloatVector m1 =
              FloatVector.fromMemorySegment(Species.FLOAT, SPACE, secondLine + HALF_LINE, ORDER);
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
          FloatVector q4 = FloatVector.broadcast(Species.FLOAT, q[qi + 4]);
          b0 = k1.fma(q4, b0);
          d0 = m1.fma(q4, d0);
          FloatVector q5 = FloatVector.broadcast(Species.FLOAT, q[qi + 5]);
          b1 = k1.fma(q5, b1);
          d1 = m1.fma(q5, d1);
          FloatVector q6 = FloatVector.broadcast(Species.FLOAT, q[qi + 6]);
          b2 = k1.fma(q6, b2);
          d2 = m1.fma(q6, d2);
          FloatVector q7 = FloatVector.broadcast(Species.FLOAT, q[qi + 7]);
          b3 = k1.fma(q7, b3);
          d3 = m1.fma(q7, d3);
        }
        int at = firstAt + pair * pairStride + lane;
        int far = secondAt + pair * pairStride + lane;
        a0.add(b0).intoArray(s, at);
        c0.add(d0).intoArray(s, far);
        if (heads > 1) {
          a1.add(b1).intoArray(s, at + headStride);
          c1.add(d1).intoArray(s, far + headStride);
        }
        if (heads > 2) {
          a2.add(b2).intoArray(s, at + 2 * headStride);
          c2.add(d2).intoArray(s, far + 2 * headStride);
        }
        if (heads > 3) {
          a3.add(b3).intoArray(s, at + 3 * headStride);
          c3.add(d3).intoArray(s, far + 3 * headStride);
        }
      }
    }
  }
}
