package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Q2_K: {@code d·Σ sc·x·dot − dmin·Σ mn·x·Σq}. */
final class Q2_KScales extends GroupScales {
  static final int GROUP_COLUMNS = 16;

  private static final int GROUPS = 16;

  Q2_KScales(int cols) {
    super(cols, GROUPS, GROUP_COLUMNS);
  }

  @Override
  void add(MemorySegment w, long tile, int unit, int[] dots, int dotsFrom, float[] sums, int row) {
    add(w, tile, groups, unit * groups, scales, scaledSums, dots, dotsFrom, sums, row);
  }

  private static void add(
      MemorySegment w,
      long tile,
      int groups,
      int firstGroup,
      float[] scales,
      float[] scaledSums,
      int[] dots,
      int dotsFrom,
      float[] sums,
      int row) {
    for (int half = 0; half < GroupedPackedKernel.HALVES; half++) {
      int toTop = Short.SIZE * (1 - half);
      int rows = row + half * FLOATS;
      FloatVector scaled = FloatVector.zero(FLOAT);
      FloatVector minima = FloatVector.zero(FLOAT);
      for (int group = 0; group < groups; group++) {
        FloatVector dot =
            (FloatVector)
                IntVector.fromArray(
                        INT, dots, dotsFrom + (group * GroupedPackedKernel.HALVES + half) * FLOATS)
                    .convert(VectorOperators.I2F, 0);
        IntVector pair =
            IntVector.fromMemorySegment(
                    INT, w, tile + (group / 2 + 2L) * WORD_BYTES, ByteOrder.LITTLE_ENDIAN)
                .lanewise(VectorOperators.LSHR, Short.SIZE * half + Byte.SIZE * (group % 2));
        FloatVector sc = (FloatVector) pair.and(15).convert(VectorOperators.I2F, 0);
        FloatVector mn =
            (FloatVector)
                pair.lanewise(VectorOperators.LSHR, 4).and(15).convert(VectorOperators.I2F, 0);
        scaled = dot.mul(scales[firstGroup + group]).fma(sc, scaled);
        minima = mn.fma(FloatVector.broadcast(FLOAT, scaledSums[firstGroup + group]), minima);
      }
      FloatVector d =
          IntVector.fromMemorySegment(INT, w, tile, ByteOrder.LITTLE_ENDIAN)
              .lanewise(VectorOperators.LSHL, toTop)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HALF_UNIT);
      FloatVector dmin =
          IntVector.fromMemorySegment(INT, w, tile + WORD_BYTES, ByteOrder.LITTLE_ENDIAN)
              .lanewise(VectorOperators.LSHL, toTop)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HALF_UNIT);
      FloatVector sum = FloatVector.fromArray(FLOAT, sums, rows);
      d.fma(scaled, sum).sub(dmin.mul(minima)).intoArray(sums, rows);
    }
  }
}
