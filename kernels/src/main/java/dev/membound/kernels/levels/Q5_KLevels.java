package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.PLANE;
import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Q5_K: as Q4_K, and bit s of 32 bytes before is the fifth bit of a column of run s. */
final class Q5_KLevels implements LevelDecoder {
  private static final int BLOCK = 256;
  private static final int GROUPS = BLOCK / Levels.GROUP;
  private static final int BLOCK_BYTES = QuantType.Q5_K.blockBytes();
  private static final int QUANTS = BLOCK_BYTES - BLOCK / 2;
  private static final int RUN = 32;
  private static final int HIGH = QUANTS - RUN;
  private static final byte NIBBLE = 15;
  private static final byte FIFTH = 16;

  @Override
  public boolean hasMinima() {
    return true;
  }

  @Override
  public void decode(long address, int columns, Levels target) {
    for (int i = 0; i < columns / BLOCK; i++) {
      long at = NativeAddress.within(address + (long) i * BLOCK_BYTES);
      KScaleGroups.decode(at, target.scales(), target.minima(), i * GROUPS);
      decodeCodes(at, target.levels(), i * BLOCK);
    }
  }

  private static void decodeCodes(long block, byte[] levels, int to) {
    long at = NativeAddress.within(block);
    for (int part = 0; part < RUN; part += PLANE.length()) {
      IntVector high =
          ByteVector.fromMemorySegment(PLANE, SPACE, at + HIGH + part, ByteOrder.LITTLE_ENDIAN)
              .reinterpretAsInts();
      for (int pair = 0; pair < BLOCK / (2 * RUN); pair++) {
        ByteVector codes =
            ByteVector.fromMemorySegment(
                PLANE, SPACE, at + QUANTS + pair * RUN + part, ByteOrder.LITTLE_ENDIAN);
        IntVector bits = high.lanewise(VectorOperators.LSHR, 2 * pair);
        codes
            .and(NIBBLE)
            .or(bits.lanewise(VectorOperators.LSHL, 4).reinterpretAsBytes().and(FIFTH))
            .intoArray(levels, to + pair * 2 * RUN + part);
        codes
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHR, 4)
            .reinterpretAsBytes()
            .and(NIBBLE)
            .or(bits.lanewise(VectorOperators.LSHL, 3).reinterpretAsBytes().and(FIFTH))
            .intoArray(levels, to + pair * 2 * RUN + RUN + part);
      }
    }
  }
}
