package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** A binary16 scale a unit, and a signed 8-bit one for every group: {@code d·Σ sc·x·dot}. */
final class ByteScales extends GroupScales {
  ByteScales(int cols, int groups, int groupColumns) {
    super(cols, groups, groupColumns);
  }

  @Override
  void add(MemorySegment w, long tile, int unit, int[] dots, int dotsFrom, float[] sums, int row) {
    add(w, tile, groups, unit * groups, scales, dots, dotsFrom, sums, row);
  }

  private static void add(
      MemorySegment w,
      long tile,
      int groups,
      int firstGroup,
      float[] scales,
      int[] dots,
      int dotsFrom,
      float[] sums,
      int row) {
    for (int half = 0; half < GroupedPackedKernel.HALVES; half++) {
      int toTop = Short.SIZE * (1 - half);
      int rows = row + half * FLOATS;
      FloatVector scaled = FloatVector.zero(FLOAT);
      for (int group = 0; group < groups; group++) {
        FloatVector dot =
            (FloatVector)
                IntVector.fromArray(
                        INT, dots, dotsFrom + (group * GroupedPackedKernel.HALVES + half) * FLOATS)
                    .convert(VectorOperators.I2F, 0);
        FloatVector sc =
            (FloatVector)
                IntVector.fromMemorySegment(
                        INT, w, tile + (group / 2 + 1L) * WORD_BYTES, ByteOrder.LITTLE_ENDIAN)
                    .lanewise(VectorOperators.LSHL, toTop + Byte.SIZE * (1 - group % 2))
                    .lanewise(VectorOperators.ASHR, Integer.SIZE - Byte.SIZE)
                    .convert(VectorOperators.I2F, 0);
        scaled = dot.mul(scales[firstGroup + group]).fma(sc, scaled);
      }
      FloatVector d =
          IntVector.fromMemorySegment(INT, w, tile, ByteOrder.LITTLE_ENDIAN)
              .lanewise(VectorOperators.LSHL, toTop)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .mul(HALF_UNIT);
      d.fma(scaled, FloatVector.fromArray(FLOAT, sums, rows)).intoArray(sums, rows);
    }
  }
}
