package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.PLANE;
import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * 256 codes of 2 bits in 64 bytes: byte i of each half of 32 has the half's codes i, i + 32, i + 64
 * and i + 96, the first in its lowest bits.
 */
final class TwoBitLevels {
  static final int BYTES = 64;
  private static final int PLANE_CODES = 32;
  private static final byte CODE = 3;

  private TwoBitLevels() {}

  /**
   * Decodes one block's codes.
   *
   * @param least what code 0 stands for
   */
  static void decode(long address, byte[] levels, int to, byte least) {
    long at = NativeAddress.within(address);
    for (int half = 0; half < BYTES / PLANE_CODES; half++) {
      for (int part = 0; part < PLANE_CODES; part += PLANE.length()) {
        ByteVector codes =
            ByteVector.fromMemorySegment(
                PLANE, SPACE, at + half * PLANE_CODES + part, ByteOrder.LITTLE_ENDIAN);
        IntVector ints = codes.reinterpretAsInts();
        int first = to + half * 4 * PLANE_CODES + part;
        codes.and(CODE).add(least).intoArray(levels, first);
        ints.lanewise(VectorOperators.LSHR, 2)
            .reinterpretAsBytes()
            .and(CODE)
            .add(least)
            .intoArray(levels, first + PLANE_CODES);
        ints.lanewise(VectorOperators.LSHR, 4)
            .reinterpretAsBytes()
            .and(CODE)
            .add(least)
            .intoArray(levels, first + 2 * PLANE_CODES);
        ints.lanewise(VectorOperators.LSHR, 6)
            .reinterpretAsBytes()
            .and(CODE)
            .add(least)
            .intoArray(levels, first + 3 * PLANE_CODES);
      }
    }
  }
}
