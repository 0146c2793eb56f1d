package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.HALF;
import static dev.membound.kernels.levels.Lanes.PARTS;
import static dev.membound.kernels.levels.Lanes.SIXTEEN;
import static dev.membound.kernels.levels.Lanes.TWO_LONGS;
import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.memory.NativeAddress;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * What Q4_K and Q5_K start with: d, dmin, and eight 6-bit scales and minima in 12 bytes (ggml's
 * {@code get_scale_min_k4}), four or eight at a time in the bytes of an int or long.
 */
final class KScaleGroups {
  private static final int SCALES = 2 * Short.BYTES;
  private static final int SIX_BITS = 0x3F3F_3F3F;
  private static final int NIBBLES = 0x0F0F_0F0F;
  private static final int PAIRS = 0x0303_0303;

  /** Each of eight bytes twice: 32 columns are two groups. */
  private static final VectorShuffle<Byte> TWICE_LOWER =
      VectorShuffle.fromOp(SIXTEEN, lane -> lane / 2);

  private static final VectorShuffle<Byte> TWICE_UPPER =
      VectorShuffle.fromOp(SIXTEEN, lane -> 8 + lane / 2);

  private KScaleGroups() {}

  /** Decodes the 16 groups of a block. */
  static void decode(long block, float[] scales, float[] minima, int to) {
    long at = NativeAddress.within(block);
    float d = Float.float16ToFloat(SPACE.get(HALF, at));
    float dmin = Float.float16ToFloat(SPACE.get(HALF, at + Short.BYTES));
    int scaleBytes = SPACE.get(Lanes.INT, at + SCALES);
    int minimumBytes = SPACE.get(Lanes.INT, at + SCALES + Integer.BYTES);
    int lowHalves = SPACE.get(Lanes.INT, at + SCALES + 2 * Integer.BYTES);
    int lastScales = lowHalves & NIBBLES | (scaleBytes >>> 6 & PAIRS) << 4;
    int lastMinima = lowHalves >>> 4 & NIBBLES | (minimumBytes >>> 6 & PAIRS) << 4;
    ByteVector codes =
        LongVector.zero(TWO_LONGS)
            .withLane(0, (long) lastScales << Integer.SIZE | scaleBytes & SIX_BITS)
            .withLane(1, (long) lastMinima << Integer.SIZE | minimumBytes & SIX_BITS)
            .reinterpretAsBytes();
    ByteVector scaleCodes = codes.rearrange(TWICE_LOWER);
    ByteVector minimumCodes = codes.rearrange(TWICE_UPPER);
    for (int part = 0; part < PARTS; part++) {
      ((FloatVector) scaleCodes.castShape(FLOAT, part))
          .mul(d)
          .intoArray(scales, to + part * FLOATS);
      ((FloatVector) minimumCodes.castShape(FLOAT, part))
          .mul(dmin)
          .intoArray(minima, to + part * FLOATS);
    }
  }
}
