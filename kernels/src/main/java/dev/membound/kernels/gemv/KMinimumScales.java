package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Q4_K and Q5_K: {@code d·Σ sc·x·(dot + middle·Σq) − dmin·Σ mn·x·Σq}. */
final class KMinimumScales extends GroupScales {
  private static final int GROUPS = 8;

  private final float middle;

  KMinimumScales(int cols, int middle) {
    super(cols, GROUPS, Int8Activations.BLOCK);
    this.middle = middle;
  }

  @Override
  void add(MemorySegment w, long tile, int unit, int[] dots, int dotsFrom, float[] sums, int row) {
    add(w, tile, groups, unit * groups, scales, scaledSums, middle, dots, dotsFrom, sums, row);
  }

  private static void add(
      MemorySegment w,
      long tile,
      int groups,
      int firstGroup,
      float[] scales,
      float[] scaledSums,
      float middle,
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
                    INT, w, tile + (group + 2L) * WORD_BYTES, ByteOrder.LITTLE_ENDIAN)
                .lanewise(VectorOperators.LSHR, Short.SIZE * half);
        FloatVector sc = (FloatVector) pair.and(0xFF).convert(VectorOperators.I2F, 0);
        FloatVector mn =
            (FloatVector)
                pair.lanewise(VectorOperators.LSHR, 8).and(0xFF).convert(VectorOperators.I2F, 0);
        float scaledSum = scaledSums[firstGroup + group];
        scaled = dot.mul(scales[firstGroup + group]).add(middle * scaledSum).fma(sc, scaled);
        minima = mn.fma(FloatVector.broadcast(FLOAT, scaledSum), minima);
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
