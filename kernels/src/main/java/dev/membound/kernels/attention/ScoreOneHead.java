package dev.membound.kernels.attention;

import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * As {@link ScoreTiles} and {@link ScoreByteTiles} for a single query head: what an indexer near
 * the memory does, and a quarter of the arithmetic. Query lines hold a multiplier an element.
 *
 * <p>Sums end in {@code zero.add(sum)}: C2 may not inline a call on a vector that a loop carries.
 */
final class ScoreOneHead {
  private static final int LANES = TileLayout.LANES;
  private static final int PAIR = 2;
  private static final int FOUR = 4;
  private static final int F16_BITS = TileDecode.F16_BITS;
  private static final int BF16_BITS = TileDecode.BF16_BITS;
  private static final int E4M3_BITS = TileDecode.E4M3_BITS;
  private static final int TOP_BYTE = ScoreByteTiles.TOP_BYTE;
  private static final int HALF_LINE = 64;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private ScoreOneHead() {}

  /**
   * Two tiles of F16, decoded as in {@link ScoreTiles#passF16}.
   *
   * @param first byte offset of a tile
   * @param second byte offset of the other tile
   * @param lineBytes 64; a parameter, since C2 splits the loop at a constant stride
   * @param s receives 16 scores of the first tile from {@code firstAt}, of the second from {@code
   *     secondAt}
   */
  static void f16(
      MemorySegment memory,
      long first,
      long second,
      int lines,
      int lineBytes,
      float[] q,
      float[] s,
      int firstAt,
      int secondAt) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long firstLane = first + lane * 4;
      long secondLane = second + lane * 4;
      FloatVector zero = FloatVector.zero(Species.FLOAT);
      FloatVector a = zero;
      FloatVector b = zero;
      FloatVector c = zero;
      FloatVector d = zero;
      for (int line = 0; line < lines; line++) {
        IntVector k =
            IntVector.fromMemorySegment(
                Species.INT, memory, firstLane + (long) line * lineBytes, ORDER);
        FloatVector k0 =
            k.lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 3)
                .and(F16_BITS)
                .reinterpretAsFloats();
        FloatVector k1 = k.lanewise(VectorOperators.ASHR, 3).and(F16_BITS).reinterpretAsFloats();
        IntVector m =
            IntVector.fromMemorySegment(
                Species.INT, memory, secondLane + (long) line * lineBytes, ORDER);
        FloatVector m0 =
            m.lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 3)
                .and(F16_BITS)
                .reinterpretAsFloats();
        FloatVector m1 = m.lanewise(VectorOperators.ASHR, 3).and(F16_BITS).reinterpretAsFloats();
        FloatVector q0 = FloatVector.broadcast(Species.FLOAT, q[line * PAIR]);
        a = k0.fma(q0, a);
        c = m0.fma(q0, c);
        FloatVector q1 = FloatVector.broadcast(Species.FLOAT, q[line * PAIR + 1]);
        b = k1.fma(q1, b);
        d = m1.fma(q1, d);
      }
      zero.add(a).add(b).intoArray(s, firstAt + lane);
      zero.add(c).add(d).intoArray(s, secondAt + lane);
    }
  }

  /** As {@link #f16} for BF16. */
  static void bf16(
      MemorySegment memory,
      long first,
      long second,
      int lines,
      int lineBytes,
      float[] q,
      float[] s,
      int firstAt,
      int secondAt) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long firstLane = first + lane * 4;
      long secondLane = second + lane * 4;
      FloatVector zero = FloatVector.zero(Species.FLOAT);
      FloatVector a = zero;
      FloatVector b = zero;
      FloatVector c = zero;
      FloatVector d = zero;
      for (int line = 0; line < lines; line++) {
        IntVector k =
            IntVector.fromMemorySegment(
                Species.INT, memory, firstLane + (long) line * lineBytes, ORDER);
        IntVector m =
            IntVector.fromMemorySegment(
                Species.INT, memory, secondLane + (long) line * lineBytes, ORDER);
        FloatVector q0 = FloatVector.broadcast(Species.FLOAT, q[line * PAIR]);
        a = k.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(q0, a);
        c = m.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(q0, c);
        FloatVector q1 = FloatVector.broadcast(Species.FLOAT, q[line * PAIR + 1]);
        b = k.and(BF16_BITS).reinterpretAsFloats().fma(q1, b);
        d = m.and(BF16_BITS).reinterpretAsFloats().fma(q1, d);
      }
      zero.add(a).add(b).intoArray(s, firstAt + lane);
      zero.add(c).add(d).intoArray(s, secondAt + lane);
    }
  }

  /** As {@link #f16} for F32: a line is the firsts' 64 bytes, then the seconds'. */
  static void f32(
      MemorySegment memory,
      long first,
      long second,
      int lines,
      int lineBytes,
      float[] q,
      float[] s,
      int firstAt,
      int secondAt) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long firstLane = first + lane * 4;
      long secondLane = second + lane * 4;
      FloatVector zero = FloatVector.zero(Species.FLOAT);
      FloatVector a = zero;
      FloatVector b = zero;
      FloatVector c = zero;
      FloatVector d = zero;
      for (int line = 0; line < lines; line++) {
        long k = firstLane + (long) line * lineBytes;
        long m = secondLane + (long) line * lineBytes;
        FloatVector q0 = FloatVector.broadcast(Species.FLOAT, q[line * PAIR]);
        a = q0.fma(FloatVector.fromMemorySegment(Species.FLOAT, memory, k, ORDER), a);
        c = q0.fma(FloatVector.fromMemorySegment(Species.FLOAT, memory, m, ORDER), c);
        FloatVector q1 = FloatVector.broadcast(Species.FLOAT, q[line * PAIR + 1]);
        b = q1.fma(FloatVector.fromMemorySegment(Species.FLOAT, memory, k + HALF_LINE, ORDER), b);
        d = q1.fma(FloatVector.fromMemorySegment(Species.FLOAT, memory, m + HALF_LINE, ORDER), d);
      }
      zero.add(a).add(b).intoArray(s, firstAt + lane);
      zero.add(c).add(d).intoArray(s, secondAt + lane);
    }
  }

  /**
   * As {@link #f16} for INT8, decoded and with its scales as in {@link ScoreByteTiles}.
   *
   * @param lines with that of the scales
   * @param q of the scales too
   */
  static void int8(
      MemorySegment memory,
      long first,
      long second,
      int lines,
      int lineBytes,
      float[] q,
      float[] s,
      int firstAt,
      int secondAt) {
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
        int qi = line * FOUR;
        FloatVector q0 = FloatVector.broadcast(Species.FLOAT, q[qi + 0]);
        a0 =
            ((FloatVector) k.lanewise(VectorOperators.LSHL, 24).convert(VectorOperators.I2F, 0))
                .fma(q0, a0);
        c0 =
            ((FloatVector) m.lanewise(VectorOperators.LSHL, 24).convert(VectorOperators.I2F, 0))
                .fma(q0, c0);
        FloatVector q1 = FloatVector.broadcast(Species.FLOAT, q[qi + 1]);
        a1 =
            ((FloatVector) k.lanewise(VectorOperators.LSHL, 16).convert(VectorOperators.I2F, 0))
                .fma(q1, a1);
        c1 =
            ((FloatVector) m.lanewise(VectorOperators.LSHL, 16).convert(VectorOperators.I2F, 0))
                .fma(q1, c1);
        FloatVector q2 = FloatVector.broadcast(Species.FLOAT, q[qi + 2]);
        a2 =
            ((FloatVector) k.lanewise(VectorOperators.LSHL, 8).convert(VectorOperators.I2F, 0))
                .fma(q2, a2);
        c2 =
            ((FloatVector) m.lanewise(VectorOperators.LSHL, 8).convert(VectorOperators.I2F, 0))
                .fma(q2, c2);
        FloatVector q3 = FloatVector.broadcast(Species.FLOAT, q[qi + 3]);
        a3 = ((FloatVector) k.convert(VectorOperators.I2F, 0)).fma(q3, a3);
        c3 = ((FloatVector) m.convert(VectorOperators.I2F, 0)).fma(q3, c3);
      }
      zero.add(a0)
          .add(a1)
          .add(zero.add(a2).add(a3))
          .mul(FloatVector.fromMemorySegment(Species.FLOAT, memory, firstLane, ORDER))
          .mul(ScoreByteTiles.INTEGER_REST)
          .intoArray(s, firstAt + lane);
      zero.add(c0)
          .add(c1)
          .add(zero.add(c2).add(c3))
          .mul(FloatVector.fromMemorySegment(Species.FLOAT, memory, secondLane, ORDER))
          .mul(ScoreByteTiles.INTEGER_REST)
          .intoArray(s, secondAt + lane);
    }
  }

  /** As {@link #int8} for E4M3, decoded as in {@link ScoreByteTiles#e4m3}. */
  static void e4m3(
      MemorySegment memory,
      long first,
      long second,
      int lines,
      int lineBytes,
      float[] q,
      float[] s,
      int firstAt,
      int secondAt) {
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
        int qi = line * FOUR;
        FloatVector q0 = FloatVector.broadcast(Species.FLOAT, q[qi + 0]);
        a0 =
            k.lanewise(VectorOperators.LSHL, 24)
                .lanewise(VectorOperators.ASHR, 4)
                .and(E4M3_BITS)
                .reinterpretAsFloats()
                .fma(q0, a0);
        c0 =
            m.lanewise(VectorOperators.LSHL, 24)
                .lanewise(VectorOperators.ASHR, 4)
                .and(E4M3_BITS)
                .reinterpretAsFloats()
                .fma(q0, c0);
        FloatVector q1 = FloatVector.broadcast(Species.FLOAT, q[qi + 1]);
        a1 =
            k.lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 4)
                .and(E4M3_BITS)
                .reinterpretAsFloats()
                .fma(q1, a1);
        c1 =
            m.lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 4)
                .and(E4M3_BITS)
                .reinterpretAsFloats()
                .fma(q1, c1);
        FloatVector q2 = FloatVector.broadcast(Species.FLOAT, q[qi + 2]);
        a2 =
            k.lanewise(VectorOperators.LSHL, 8)
                .lanewise(VectorOperators.ASHR, 4)
                .and(E4M3_BITS)
                .reinterpretAsFloats()
                .fma(q2, a2);
        c2 =
            m.lanewise(VectorOperators.LSHL, 8)
                .lanewise(VectorOperators.ASHR, 4)
                .and(E4M3_BITS)
                .reinterpretAsFloats()
                .fma(q2, c2);
        FloatVector q3 = FloatVector.broadcast(Species.FLOAT, q[qi + 3]);
        a3 = k.lanewise(VectorOperators.ASHR, 4).and(E4M3_BITS).reinterpretAsFloats().fma(q3, a3);
        c3 = m.lanewise(VectorOperators.ASHR, 4).and(E4M3_BITS).reinterpretAsFloats().fma(q3, c3);
      }
      zero.add(a0)
          .add(a1)
          .add(zero.add(a2).add(a3))
          .mul(FloatVector.fromMemorySegment(Species.FLOAT, memory, firstLane, ORDER))
          .mul(ScoreByteTiles.E4M3_REST)
          .intoArray(s, firstAt + lane);
      zero.add(c0)
          .add(c1)
          .add(zero.add(c2).add(c3))
          .mul(FloatVector.fromMemorySegment(Species.FLOAT, memory, secondLane, ORDER))
          .mul(ScoreByteTiles.E4M3_REST)
          .intoArray(s, secondAt + lane);
    }
  }

  /**
   * As {@link #int8} for Q8_0, whose tile begins with a line of F16 scales for every panel.
   *
   * @param panels of 64 dimensions
   * @param q of the scales too
   */
  static void q8(
      MemorySegment memory,
      long first,
      long second,
      int panels,
      int lineBytes,
      float[] q,
      float[] s,
      int firstAt,
      int secondAt) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      long firstLane = first + lane * 4;
      long secondLane = second + lane * 4;
      FloatVector zero = FloatVector.zero(Species.FLOAT);
      FloatVector sum = zero;
      FloatVector farSum = zero;
      int line = 0;
      for (int panel = 0; panel < panels; panel++) {
        FloatVector a0 = zero;
        FloatVector a1 = zero;
        FloatVector a2 = zero;
        FloatVector a3 = zero;
        FloatVector c0 = zero;
        FloatVector c1 = zero;
        FloatVector c2 = zero;
        FloatVector c3 = zero;
        int end = panels + (panel + 1) * LANES;
        for (; line < end; line++) {
          IntVector k =
              IntVector.fromMemorySegment(
                  Species.INT, memory, firstLane + (long) line * lineBytes, ORDER);
          IntVector m =
              IntVector.fromMemorySegment(
                  Species.INT, memory, secondLane + (long) line * lineBytes, ORDER);
          int qi = line * FOUR;
          FloatVector q0 = FloatVector.broadcast(Species.FLOAT, q[qi + 0]);
          a0 =
              ((FloatVector) k.lanewise(VectorOperators.LSHL, 24).convert(VectorOperators.I2F, 0))
                  .fma(q0, a0);
          c0 =
              ((FloatVector) m.lanewise(VectorOperators.LSHL, 24).convert(VectorOperators.I2F, 0))
                  .fma(q0, c0);
          FloatVector q1 = FloatVector.broadcast(Species.FLOAT, q[qi + 1]);
          a1 =
              ((FloatVector)
                      k.lanewise(VectorOperators.LSHL, 16)
                          .and(TOP_BYTE)
                          .convert(VectorOperators.I2F, 0))
                  .fma(q1, a1);
          c1 =
              ((FloatVector)
                      m.lanewise(VectorOperators.LSHL, 16)
                          .and(TOP_BYTE)
                          .convert(VectorOperators.I2F, 0))
                  .fma(q1, c1);
          FloatVector q2 = FloatVector.broadcast(Species.FLOAT, q[qi + 2]);
          a2 =
              ((FloatVector)
                      k.lanewise(VectorOperators.LSHL, 8)
                          .and(TOP_BYTE)
                          .convert(VectorOperators.I2F, 0))
                  .fma(q2, a2);
          c2 =
              ((FloatVector)
                      m.lanewise(VectorOperators.LSHL, 8)
                          .and(TOP_BYTE)
                          .convert(VectorOperators.I2F, 0))
                  .fma(q2, c2);
          FloatVector q3 = FloatVector.broadcast(Species.FLOAT, q[qi + 3]);
          a3 = ((FloatVector) k.and(TOP_BYTE).convert(VectorOperators.I2F, 0)).fma(q3, a3);
          c3 = ((FloatVector) m.and(TOP_BYTE).convert(VectorOperators.I2F, 0)).fma(q3, c3);
        }
        IntVector scales =
            IntVector.fromMemorySegment(
                Species.INT, memory, firstLane + (long) panel * lineBytes, ORDER);
        IntVector farScales =
            IntVector.fromMemorySegment(
                Species.INT, memory, secondLane + (long) panel * lineBytes, ORDER);
        FloatVector low =
            scales
                .lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 3)
                .and(F16_BITS)
                .reinterpretAsFloats();
        FloatVector high =
            scales.lanewise(VectorOperators.ASHR, 3).and(F16_BITS).reinterpretAsFloats();
        sum =
            zero.add(a2)
                .add(a3)
                .fma(
                    high.mul(ScoreByteTiles.Q8_REST),
                    zero.add(a0).add(a1).fma(low.mul(ScoreByteTiles.Q8_REST), sum));
        low =
            farScales
                .lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 3)
                .and(F16_BITS)
                .reinterpretAsFloats();
        high = farScales.lanewise(VectorOperators.ASHR, 3).and(F16_BITS).reinterpretAsFloats();
        farSum =
            zero.add(c2)
                .add(c3)
                .fma(
                    high.mul(ScoreByteTiles.Q8_REST),
                    zero.add(c0).add(c1).fma(low.mul(ScoreByteTiles.Q8_REST), farSum));
      }
      zero.add(sum).intoArray(s, firstAt + lane);
      zero.add(farSum).intoArray(s, secondAt + lane);
    }
  }
}
