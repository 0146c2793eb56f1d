package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.HALF;
import static dev.membound.kernels.levels.Lanes.PARTS;
import static dev.membound.kernels.levels.Lanes.PLANE;
import static dev.membound.kernels.levels.Lanes.SIXTEEN;
import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Q6_K: of each 128 columns, 64 bytes with the low 4 bits of columns i and i + 64, and 32 with the
 * high 2 bits of columns i, i + 32, i + 64 and i + 96; a signed byte of scale for every 16.
 */
final class Q6_KLevels implements LevelDecoder {
  private static final int BLOCK = 256;
  private static final int GROUPS = BLOCK / Levels.GROUP;
  private static final int BLOCK_BYTES = QuantType.Q6_K.blockBytes();
  private static final int LOW_BYTES = 128;
  private static final int HIGH_BYTES = 64;
  private static final int SCALES = LOW_BYTES + HIGH_BYTES;
  private static final int D = SCALES + GROUPS;
  private static final int RUN = 32;
  private static final byte NIBBLE = 15;
  private static final byte HIGH = 0x30;
  private static final byte LEAST = -32;

  @Override
  public void decode(long address, int columns, Levels target) {
    for (int i = 0; i < columns / BLOCK; i++) {
      long at = NativeAddress.within(address + (long) i * BLOCK_BYTES);
      decodeScales(at, target.scales(), i * GROUPS);
      decodeCodes(at, target.levels(), i * BLOCK);
    }
  }

  private static void decodeScales(long block, float[] scales, int to) {
    long at = NativeAddress.within(block);
    float d = Float.float16ToFloat(SPACE.get(HALF, at + D));
    ByteVector codes =
        ByteVector.fromMemorySegment(SIXTEEN, SPACE, at + SCALES, ByteOrder.LITTLE_ENDIAN);
    for (int part = 0; part < PARTS; part++) {
      ((FloatVector) codes.castShape(FLOAT, part)).mul(d).intoArray(scales, to + part * FLOATS);
    }
  }

  private static void decodeCodes(long block, byte[] levels, int to) {
    long at = NativeAddress.within(block);
    for (int half = 0; half < 2; half++) {
      for (int part = 0; part < RUN; part += PLANE.length()) {
        IntVector first =
            ByteVector.fromMemorySegment(
                    PLANE, SPACE, at + half * LOW_BYTES / 2 + part, ByteOrder.LITTLE_ENDIAN)
                .reinterpretAsInts();
        IntVector second =
            ByteVector.fromMemorySegment(
                    PLANE, SPACE, at + half * LOW_BYTES / 2 + RUN + part, ByteOrder.LITTLE_ENDIAN)
                .reinterpretAsInts();
        IntVector high =
            ByteVector.fromMemorySegment(
                    PLANE,
                    SPACE,
                    at + LOW_BYTES + half * HIGH_BYTES / 2 + part,
                    ByteOrder.LITTLE_ENDIAN)
                .reinterpretAsInts();
        int run = to + half * BLOCK / 2 + part;
        first
            .reinterpretAsBytes()
            .and(NIBBLE)
            .or(high.lanewise(VectorOperators.LSHL, 4).reinterpretAsBytes().and(HIGH))
            .add(LEAST)
            .intoArray(levels, run);
        second
            .reinterpretAsBytes()
            .and(NIBBLE)
            .or(high.lanewise(VectorOperators.LSHL, 2).reinterpretAsBytes().and(HIGH))
            .add(LEAST)
            .intoArray(levels, run + RUN);
        first
            .lanewise(VectorOperators.LSHR, 4)
            .reinterpretAsBytes()
            .and(NIBBLE)
            .or(high.reinterpretAsBytes().and(HIGH))
            .add(LEAST)
            .intoArray(levels, run + 2 * RUN);
        second
            .lanewise(VectorOperators.LSHR, 4)
            .reinterpretAsBytes()
            .and(NIBBLE)
            .or(high.lanewise(VectorOperators.LSHR, 2).reinterpretAsBytes().and(HIGH))
            .add(LEAST)
            .intoArray(levels, run + 3 * RUN);
      }
    }
  }
}
