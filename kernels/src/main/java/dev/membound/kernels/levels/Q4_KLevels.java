package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.PLANE;
import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorOperators;

/** Q4_K: 32 bytes hold the codes of two runs of 32 columns, the second in their high halves. */
final class Q4_KLevels implements LevelDecoder {
  private static final int BLOCK = 256;
  private static final int GROUPS = BLOCK / Levels.GROUP;
  private static final int BLOCK_BYTES = QuantType.Q4_K.blockBytes();
  private static final int QUANTS = BLOCK_BYTES - BLOCK / 2;
  private static final int RUN = 32;
  private static final byte NIBBLE = 15;

  @Override
  public boolean hasMinima() {
    return true;
  }

  @Override
  public void decode(long address, int columns, Levels target) {
    for (int i = 0; i < columns / BLOCK; i++) {
      long at = NativeAddress.within(address + (long) i * BLOCK_BYTES);
      KScaleGroups.decode(at, target.scales(), target.minima(), i * GROUPS);
      decodeCodes(at + QUANTS, target.levels(), i * BLOCK);
    }
  }

  private static void decodeCodes(long quants, byte[] levels, int to) {
    long at = NativeAddress.within(quants);
    for (int pair = 0; pair < BLOCK / (2 * RUN); pair++) {
      for (int part = 0; part < RUN; part += PLANE.length()) {
        ByteVector codes =
            ByteVector.fromMemorySegment(
                PLANE, SPACE, at + pair * RUN + part, ByteOrder.LITTLE_ENDIAN);
        codes.and(NIBBLE).intoArray(levels, to + pair * 2 * RUN + part);
        codes
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHR, 4)
            .reinterpretAsBytes()
            .and(NIBBLE)
            .intoArray(levels, to + pair * 2 * RUN + RUN + part);
      }
    }
  }
}
