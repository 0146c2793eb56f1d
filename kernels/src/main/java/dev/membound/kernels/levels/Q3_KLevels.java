package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.HALF;
import static dev.membound.kernels.levels.Lanes.PARTS;
import static dev.membound.kernels.levels.Lanes.PLANE;
import static dev.membound.kernels.levels.Lanes.TWO_LONGS;
import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/** Q3_K: two bits of a code in one plane, the third in another; a 6-bit scale for every 16. */
final class Q3_KLevels implements LevelDecoder {
  private static final int BLOCK = 256;
  private static final int GROUPS = BLOCK / Levels.GROUP;
  private static final int BLOCK_BYTES = QuantType.Q3_K.blockBytes();
  private static final int HIGH_BYTES = 32;
  private static final int SCALES = HIGH_BYTES + TwoBitLevels.BYTES;
  private static final int D = BLOCK_BYTES - Short.BYTES;
  private static final int PLANE_CODES = 32;
  private static final byte LOW = 3;
  private static final byte HIGH = 4;
  private static final byte LEAST = -4;
  private static final byte LEAST_SCALE = -32;
  private static final long NIBBLES = 0x0F0F_0F0F_0F0F_0F0FL;
  private static final int PAIRS = 0x0303_0303;

  @Override
  public void decode(long address, int columns, Levels target) {
    for (int i = 0; i < columns / BLOCK; i++) {
      long at = NativeAddress.within(address + (long) i * BLOCK_BYTES);
      decodeScales(at, target.scales(), i * GROUPS);
      decodeCodes(at, target.levels(), i * BLOCK);
    }
  }

  /** Twelve bytes: 16 low halves, then 16 pairs of high bits. */
  private static void decodeScales(long block, float[] scales, int to) {
    long at = NativeAddress.within(block);
    float d = Float.float16ToFloat(SPACE.get(HALF, at + D));
    long low = SPACE.get(Lanes.LONG, at + SCALES);
    int high = SPACE.get(Lanes.INT, at + SCALES + Long.BYTES);
    ByteVector codes =
        LongVector.zero(TWO_LONGS)
            .withLane(0, low & NIBBLES | highBits(high, high >>> 2))
            .withLane(1, low >>> 4 & NIBBLES | highBits(high >>> 4, high >>> 6))
            .reinterpretAsBytes()
            .add(LEAST_SCALE);
    for (int part = 0; part < PARTS; part++) {
      ((FloatVector) codes.castShape(FLOAT, part)).mul(d).intoArray(scales, to + part * FLOATS);
    }
  }

  private static long highBits(int first, int second) {
    return ((long) (second & PAIRS) << Integer.SIZE | first & PAIRS) << 4;
  }

  private static void decodeCodes(long block, byte[] levels, int to) {
    long at = NativeAddress.within(block);
    for (int part = 0; part < PLANE_CODES; part += PLANE.length()) {
      IntVector high =
          ByteVector.fromMemorySegment(PLANE, SPACE, at + part, ByteOrder.LITTLE_ENDIAN)
              .reinterpretAsInts();
      for (int half = 0; half < 2; half++) {
        IntVector low =
            ByteVector.fromMemorySegment(
                    PLANE,
                    SPACE,
                    at + HIGH_BYTES + half * PLANE_CODES + part,
                    ByteOrder.LITTLE_ENDIAN)
                .reinterpretAsInts();
        IntVector bits = half == 0 ? high : high.lanewise(VectorOperators.LSHR, 4);
        int first = to + half * 4 * PLANE_CODES + part;
        low.reinterpretAsBytes()
            .and(LOW)
            .or(bits.lanewise(VectorOperators.LSHL, 2).reinterpretAsBytes().and(HIGH))
            .add(LEAST)
            .intoArray(levels, first);
        low.lanewise(VectorOperators.LSHR, 2)
            .reinterpretAsBytes()
            .and(LOW)
            .or(bits.lanewise(VectorOperators.LSHL, 1).reinterpretAsBytes().and(HIGH))
            .add(LEAST)
            .intoArray(levels, first + PLANE_CODES);
        low.lanewise(VectorOperators.LSHR, 4)
            .reinterpretAsBytes()
            .and(LOW)
            .or(bits.reinterpretAsBytes().and(HIGH))
            .add(LEAST)
            .intoArray(levels, first + 2 * PLANE_CODES);
        low.lanewise(VectorOperators.LSHR, 6)
            .reinterpretAsBytes()
            .and(LOW)
            .or(bits.lanewise(VectorOperators.LSHR, 1).reinterpretAsBytes().and(HIGH))
            .add(LEAST)
            .intoArray(levels, first + 3 * PLANE_CODES);
      }
    }
  }
}
