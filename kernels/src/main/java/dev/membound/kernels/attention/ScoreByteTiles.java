package dev.membound.kernels.attention;

import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * As {@link ScoreTiles} for 1-byte elements, whose tiles begin with lines of scales.
 *
 * <p>The scales are walked over like elements, with query multipliers of 0, and read again at the
 * end: the hardware prefetches along one load instruction that leaves no line out. Skipping them
 * showed a memory latency a tile.
 */
final class ScoreByteTiles {
  /** Floats of a query line: four for each head, the first of all heads before the seconds. */
  static final int QUERY_LINE = 4 * ScoreTiles.HEADS;

  private static final int LANES = TileLayout.LANES;
  static final int TOP_BYTE = 0xFF000000;
  private static final int E4M3_BITS = TileDecode.E4M3_BITS;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** Integers are decoded 2²⁴ times too large, F16 scales 2¹¹² times too small. */
  static final float INTEGER_REST = 0x1p-24f;

  static final float Q8_REST = 0x1p112f * INTEGER_REST;
  static final float E4M3_REST = TileDecode.rest(KvType.FP8_E4M3);

  private ScoreByteTiles() {}

  /**
   * Two key tiles of INT8, whose lanes hold {@code Σ bᵢ·256ⁱ}, see {@link TileLayout}. Shifted left
   * by 3 − i bytes and converted, a lane is {@code fᵢ = bᵢ + fᵢ₋₁/256}, times 2²⁴: what lies below
   * an element needs no mask, since multipliers {@code qᵢ − qᵢ₊₁/256} make {@code Σ qᵢ·bᵢ} of it.
   *
   * @param first byte offset of a tile
   * @param second byte offset of the other tile
   * @param lines with that of the scales
   * @param lineBytes 64; a parameter, since C2 splits the loop at a constant stride
   * @param q query lines of {@link #QUERY_LINE} from {@code qStart}; zeros for the scales
   * @param heads query heads that are stored, 1 to 4
   * @param s receives 16 scores of the first tile from {@code firstAt}, of the second from {@code
   *     secondAt}, the next head's {@code headStride} further
   */
  static void int8(
      MemorySegment memory,
      long first,
      long second,
      int lines,
      int lineBytes,
      float[] q,
      int qStart,
      int heads,
      float[] s,
      int firstAt,
      int secondAt,
      int headStride) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long firstLane = first + lane * 4;
      long secondLane = second + lane * 4;
      FloatVector zero = FloatVector.zero(Species.FLOAT);
      FloatVector a0 = zero;
      FloatVector a1 = zero;
      FloatVector a2 = zero;
      FloatVector a3 = zero;
      FloatVector c0 = zero;
      FloatVector c1 = zero;
      FloatVector c2 = zero;
      FloatVector c3 = zero;
      for (int line = 0; line < lines; line++) {
        IntVector k =
            IntVector.fromMemorySegment(
                Species.INT, memory, firstLane + (long) line * lineBytes, ORDER);
        IntVector m =
            IntVector.fromMemorySegment(
                Species.INT, memory, secondLane + (long) line * lineBytes, ORDER);
        int qi = qStart + line * QUERY_LINE;
        FloatVector k0 =
            (FloatVector) k.lanewise(VectorOperators.LSHL, 24).convert(VectorOperators.I2F, 0);
        FloatVector m0 =
            (FloatVector) m.lanewise(VectorOperators.LSHL, 24).convert(VectorOperators.I2F, 0);
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
            (FloatVector) k.lanewise(VectorOperators.LSHL, 16).convert(VectorOperators.I2F, 0);
        FloatVector m1 =
            (FloatVector) m.lanewise(VectorOperators.LSHL, 16).convert(VectorOperators.I2F, 0);
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
            (FloatVector) k.lanewise(VectorOperators.LSHL, 8).convert(VectorOperators.I2F, 0);
        FloatVector m2 =
            (FloatVector) m.lanewise(VectorOperators.LSHL, 8).convert(VectorOperators.I2F, 0);
        FloatVector q8 = FloatVector.broadcast(Species.FLOAT, q[qi + 8]);
        a0 = k2.fma(q8, a0);
        c0 = m2.fma(q8, c0);
        FloatVector q9 = FloatVector.broadcast(Species.FLOAT, q[qi + 9]);
        a1 = k2.fma(q9, a1);
        c1 = m2.fma(q9, c1);
        FloatVector q10 = FloatVector.broadcast(Species.FLOAT, q[qi + 10]);
        a2 = k2.fma(q10, a2);
        c2 = m2.fma(q10, c2);
        FloatVector q11 = FloatVector.broadcast(Species.FLOAT, q[qi + 11]);
        a3 = k2.fma(q11, a3);
        c3 = m2.fma(q11, c3);
        FloatVector k3 = (FloatVector) k.convert(VectorOperators.I2F, 0);
        FloatVector m3 = (FloatVector) m.convert(VectorOperators.I2F, 0);
        FloatVector q12 = FloatVector.broadcast(Species.FLOAT, q[qi + 12]);
        a0 = k3.fma(q12, a0);
        c0 = m3.fma(q12, c0);
        FloatVector q13 = FloatVector.broadcast(Species.FLOAT, q[qi + 13]);
        a1 = k3.fma(q13, a1);
        c1 = m3.fma(q13, c1);
        FloatVector q14 = FloatVector.broadcast(Species.FLOAT, q[qi + 14]);
        a2 = k3.fma(q14, a2);
        c2 = m3.fma(q14, c2);
        FloatVector q15 = FloatVector.broadcast(Species.FLOAT, q[qi + 15]);
        a3 = k3.fma(q15, a3);
        c3 = m3.fma(q15, c3);
      }
      FloatVector scale =
          FloatVector.fromMemorySegment(Species.FLOAT, memory, firstLane, ORDER).mul(INTEGER_REST);
      FloatVector farScale =
          FloatVector.fromMemorySegment(Species.FLOAT, memory, secondLane, ORDER).mul(INTEGER_REST);
      int at = firstAt + lane;
      int far = secondAt + lane;
      zero.add(a0).mul(scale).intoArray(s, at);
      zero.add(c0).mul(farScale).intoArray(s, far);
      if (heads > 1) {
        zero.add(a1).mul(scale).intoArray(s, at + headStride);
        zero.add(c1).mul(farScale).intoArray(s, far + headStride);
      }
      if (heads > 2) {
        zero.add(a2).mul(scale).intoArray(s, at + 2 * headStride);
        zero.add(c2).mul(farScale).intoArray(s, far + 2 * headStride);
      }
      if (heads > 3) {
        zero.add(a3).mul(scale).intoArray(s, at + 3 * headStride);
        zero.add(c3).mul(farScale).intoArray(s, far + 3 * headStride);
      }
    }
  }

  /**
   * As {@link #int8} for E4M3, whose bits become those of a small F32: a sign-extending shift by 4
   * puts the exponent in place and {@link TileDecode#E4M3_BITS} clears the copies of the sign.
   */
  static void e4m3(
      MemorySegment memory,
      long first,
      long second,
      int lines,
      int lineBytes,
      float[] q,
      int qStart,
      int heads,
      float[] s,
      int firstAt,
      int secondAt,
      int headStride) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long firstLane = first + lane * 4;
      long secondLane = second + lane * 4;
      FloatVector zero = FloatVector.zero(Species.FLOAT);
      FloatVector a0 = zero;
      FloatVector a1 = zero;
      FloatVector a2 = zero;
      FloatVector a3 = zero;
      FloatVector c0 = zero;
      FloatVector c1 = zero;
      FloatVector c2 = zero;
      FloatVector c3 = zero;
      for (int line = 0; line < lines; line++) {
        IntVector k =
            IntVector.fromMemorySegment(
                Species.INT, memory, firstLane + (long) line * lineBytes, ORDER);
        IntVector m =
            IntVector.fromMemorySegment(
                Species.INT, memory, secondLane + (long) line * lineBytes, ORDER);
        int qi = qStart + line * QUERY_LINE;
        FloatVector k0 =
            k.lanewise(VectorOperators.LSHL, 24)
                .lanewise(VectorOperators.ASHR, 4)
                .and(E4M3_BITS)
                .reinterpretAsFloats();
        FloatVector m0 =
            m.lanewise(VectorOperators.LSHL, 24)
                .lanewise(VectorOperators.ASHR, 4)
                .and(E4M3_BITS)
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
                .and(E4M3_BITS)
                .reinterpretAsFloats();
        FloatVector m1 =
            m.lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 4)
                .and(E4M3_BITS)
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
                .and(E4M3_BITS)
                .reinterpretAsFloats();
        FloatVector m2 =
            m.lanewise(VectorOperators.LSHL, 8)
                .lanewise(VectorOperators.ASHR, 4)
                .and(E4M3_BITS)
                .reinterpretAsFloats();
        FloatVector q8 = FloatVector.broadcast(Species.FLOAT, q[qi + 8]);
        a0 = k2.fma(q8, a0);
        c0 = m2.fma(q8, c0);
        FloatVector q9 = FloatVector.broadcast(Species.FLOAT, q[qi + 9]);
        a1 = k2.fma(q9, a1);
        c1 = m2.fma(q9, c1);
        FloatVector q10 = FloatVector.broadcast(Species.FLOAT, q[qi + 10]);
        a2 = k2.fma(q10, a2);
        c2 = m2.fma(q10, c2);
        FloatVector q11 = FloatVector.broadcast(Species.FLOAT, q[qi + 11]);
        a3 = k2.fma(q11, a3);
        c3 = m2.fma(q11, c3);
        FloatVector k3 = k.lanewise(VectorOperators.ASHR, 4).and(E4M3_BITS).reinterpretAsFloats();
        FloatVector m3 = m.lanewise(VectorOperators.ASHR, 4).and(E4M3_BITS).reinterpretAsFloats();
        FloatVector q12 = FloatVector.broadcast(Species.FLOAT, q[qi + 12]);
        a0 = k3.fma(q12, a0);
        c0 = m3.fma(q12, c0);
        FloatVector q13 = FloatVector.broadcast(Species.FLOAT, q[qi + 13]);
        a1 = k3.fma(q13, a1);
        c1 = m3.fma(q13, c1);
        FloatVector q14 = FloatVector.broadcast(Species.FLOAT, q[qi + 14]);
        a2 = k3.fma(q14, a2);
        c2 = m3.fma(q14, c2);
        FloatVector q15 = FloatVector.broadcast(Species.FLOAT, q[qi + 15]);
        a3 = k3.fma(q15, a3);
        c3 = m3.fma(q15, c3);
      }
      FloatVector scale =
          FloatVector.fromMemorySegment(Species.FLOAT, memory, firstLane, ORDER).mul(E4M3_REST);
      FloatVector farScale =
          FloatVector.fromMemorySegment(Species.FLOAT, memory, secondLane, ORDER).mul(E4M3_REST);
      int at = firstAt + lane;
      int far = secondAt + lane;
      zero.add(a0).mul(scale).intoArray(s, at);
      zero.add(c0).mul(farScale).intoArray(s, far);
      if (heads > 1) {
        zero.add(a1).mul(scale).intoArray(s, at + headStride);
        zero.add(c1).mul(farScale).intoArray(s, far + headStride);
      }
      if (heads > 2) {
        zero.add(a2).mul(scale).intoArray(s, at + 2 * headStride);
        zero.add(c2).mul(farScale).intoArray(s, far + 2 * headStride);
      }
      if (heads > 3) {
        zero.add(a3).mul(scale).intoArray(s, at + 3 * headStride);
        zero.add(c3).mul(farScale).intoArray(s, far + 3 * headStride);
      }
    }
  }

  /**
   * As {@link #int8} for Q8_0, whose tile begins with a line of F16 scales for every panel.
   *
   * @param panels of 64 dimensions
   */
  static void q8(
      MemorySegment memory,
      long first,
      long second,
      int panels,
      int lineBytes,
      float[] q,
      int qStart,
      int heads,
      float[] s,
      int firstAt,
      int secondAt,
      int headStride) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long firstLane = first + lane * 4;
      long secondLane = second + lane * 4;
      FloatVector zero = FloatVector.zero(Species.FLOAT);
      FloatVector sum0 = zero;
      FloatVector sum1 = zero;
      FloatVector sum2 = zero;
      FloatVector sum3 = zero;
      FloatVector farSum0 = zero;
      FloatVector farSum1 = zero;
      FloatVector farSum2 = zero;
      FloatVector farSum3 = zero;
      int line = 0;
      for (int panel = 0; panel < panels; panel++) {
        FloatVector a0 = zero;
        FloatVector a1 = zero;
        FloatVector a2 = zero;
        FloatVector a3 = zero;
        FloatVector b0 = zero;
        FloatVector b1 = zero;
        FloatVector b2 = zero;
        FloatVector b3 = zero;
        FloatVector c0 = zero;
        FloatVector c1 = zero;
        FloatVector c2 = zero;
        FloatVector c3 = zero;
        FloatVector d0 = zero;
        FloatVector d1 = zero;
        FloatVector d2 = zero;
        FloatVector d3 = zero;
        int end = panels + (panel + 1) * LANES;
        for (; line < end; line++) {
          IntVector k =
              IntVector.fromMemorySegment(
                  Species.INT, memory, firstLane + (long) line * lineBytes, ORDER);
          IntVector m =
              IntVector.fromMemorySegment(
                  Species.INT, memory, secondLane + (long) line * lineBytes, ORDER);
          int qi = qStart + line * QUERY_LINE;
          FloatVector k0 =
              (FloatVector) k.lanewise(VectorOperators.LSHL, 24).convert(VectorOperators.I2F, 0);
          FloatVector m0 =
              (FloatVector) m.lanewise(VectorOperators.LSHL, 24).convert(VectorOperators.I2F, 0);
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
                      .and(TOP_BYTE)
                      .convert(VectorOperators.I2F, 0);
          FloatVector m1 =
              (FloatVector)
                  m.lanewise(VectorOperators.LSHL, 16)
                      .and(TOP_BYTE)
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
                  k.lanewise(VectorOperators.LSHL, 8).and(TOP_BYTE).convert(VectorOperators.I2F, 0);
          FloatVector m2 =
              (FloatVector)
                  m.lanewise(VectorOperators.LSHL, 8).and(TOP_BYTE).convert(VectorOperators.I2F, 0);
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
          FloatVector k3 = (FloatVector) k.and(TOP_BYTE).convert(VectorOperators.I2F, 0);
          FloatVector m3 = (FloatVector) m.and(TOP_BYTE).convert(VectorOperators.I2F, 0);
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
        IntVector scales =
            IntVector.fromMemorySegment(
                Species.INT, memory, firstLane + (long) panel * lineBytes, ORDER);
        FloatVector low =
            scales
                .lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 3)
                .and(TileDecode.F16_BITS)
                .reinterpretAsFloats()
                .mul(Q8_REST);
        FloatVector high =
            scales
                .lanewise(VectorOperators.ASHR, 3)
                .and(TileDecode.F16_BITS)
                .reinterpretAsFloats()
                .mul(Q8_REST);
        sum0 = zero.add(b0).fma(high, zero.add(a0).fma(low, sum0));
        sum1 = zero.add(b1).fma(high, zero.add(a1).fma(low, sum1));
        sum2 = zero.add(b2).fma(high, zero.add(a2).fma(low, sum2));
        sum3 = zero.add(b3).fma(high, zero.add(a3).fma(low, sum3));
        scales =
            IntVector.fromMemorySegment(
                Species.INT, memory, secondLane + (long) panel * lineBytes, ORDER);
        low =
            scales
                .lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 3)
                .and(TileDecode.F16_BITS)
                .reinterpretAsFloats()
                .mul(Q8_REST);
        high =
            scales
                .lanewise(VectorOperators.ASHR, 3)
                .and(TileDecode.F16_BITS)
                .reinterpretAsFloats()
                .mul(Q8_REST);
        farSum0 = zero.add(d0).fma(high, zero.add(c0).fma(low, farSum0));
        farSum1 = zero.add(d1).fma(high, zero.add(c1).fma(low, farSum1));
        farSum2 = zero.add(d2).fma(high, zero.add(c2).fma(low, farSum2));
        farSum3 = zero.add(d3).fma(high, zero.add(c3).fma(low, farSum3));
      }
      int at = firstAt + lane;
      int far = secondAt + lane;
      zero.add(sum0).intoArray(s, at);
      zero.add(farSum0).intoArray(s, far);
      if (heads > 1) {
        zero.add(sum1).intoArray(s, at + headStride);
        zero.add(farSum1).intoArray(s, far + headStride);
      }
      if (heads > 2) {
        zero.add(sum2).intoArray(s, at + 2 * headStride);
        zero.add(farSum2).intoArray(s, far + 2 * headStride);
      }
      if (heads > 3) {
        zero.add(sum3).intoArray(s, at + 3 * headStride);
        zero.add(farSum3).intoArray(s, far + 3 * headStride);
      }
    }
  }
}
