package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * NVFP4: an unsigned E4M3 scale a group, for doubled levels. The E4M3 bits are moved to where a
 * float has them, with its exponent too small by 120.
 */
final class UE4M3Scales extends GroupScales {
  static final int GROUP_COLUMNS = 16;

  private static final int GROUPS = 4;
  private static final int NAN = 0x7F;
  private static final int SHIFT = 20;

  /** What the exponent lacks, and half for the levels. */
  private static final float UNIT = 0x1p119f;

  UE4M3Scales(int cols) {
    super(cols, GROUPS, GROUP_COLUMNS);
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
      FloatVector sum = FloatVector.fromArray(FLOAT, sums, rows);
      for (int group = 0; group < groups; group++) {
        FloatVector dot =
            (FloatVector)
                IntVector.fromArray(
                        INT, dots, dotsFrom + (group * GroupedPackedKernel.HALVES + half) * FLOATS)
                    .convert(VectorOperators.I2F, 0);
        IntVector bits =
            IntVector.fromMemorySegment(
                    INT, w, tile + (group / 2) * (long) WORD_BYTES, ByteOrder.LITTLE_ENDIAN)
                .lanewise(VectorOperators.LSHR, Short.SIZE * half + Byte.SIZE * (group % 2))
                .and(0xFF);
        FloatVector scale =
            bits.and(0x7F)
                .blend(0, bits.compare(VectorOperators.EQ, NAN))
                .lanewise(VectorOperators.LSHL, SHIFT)
                .reinterpretAsFloats()
                .mul(UNIT);
        sum = dot.mul(scales[firstGroup + group]).fma(scale, sum);
      }
      sum.intoArray(sums, rows);
    }
  }
}
