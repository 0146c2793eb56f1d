package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.HALF;
import static dev.membound.kernels.levels.Lanes.SIXTEEN;
import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * TQ1_0: five trits a byte, 32 columns apart in the first 32 bytes and 16 apart in the next 16;
 * four trits, 4 apart, in the last 4. Multiplied by 3, a byte has its next trit above its eighth
 * bit, and what is left below.
 */
final class TQ1_0Levels implements LevelDecoder {
  private static final int BLOCK = 256;
  private static final int GROUPS = BLOCK / Levels.GROUP;
  private static final int BLOCK_BYTES = QuantType.TQ1_0.blockBytes();
  private static final int D = BLOCK_BYTES - Short.BYTES;
  private static final int TRITS = 5;
  private static final int FIRST_BYTES = 32;
  private static final int SECOND = FIRST_BYTES * TRITS;
  private static final int LAST = SECOND + 16 * TRITS;
  private static final short FRACTION = 0xFF;

  private static final short THREE = 3;
  private static final int EIGHT = 8;

  /** What brings a byte's trit k to where its first one is. */
  private static final short[] POWERS_OF_3 = {1, 3, 9, 27, 81};

  /** The same for a vector that holds four bytes four times. */
  private static final ShortVector POWERS_BY_LANE =
      ShortVector.fromArray(ShortVector.SPECIES_128, new short[] {1, 1, 3, 3, 9, 9, 27, 27}, 0);

  @Override
  public void decode(long address, int columns, Levels target) {
    for (int i = 0; i < columns / BLOCK; i++) {
      long at = NativeAddress.within(address + (long) i * BLOCK_BYTES);
      float scale = Float.float16ToFloat(SPACE.get(HALF, at + D));
      Lanes.fill(target.scales(), i * GROUPS, GROUPS, scale);
      byte[] levels = target.levels();
      decodeSixteen(at, levels, i * BLOCK, FIRST_BYTES);
      decodeSixteen(at + 16, levels, i * BLOCK + 16, FIRST_BYTES);
      decodeSixteen(at + FIRST_BYTES, levels, i * BLOCK + SECOND, 16);
      decodeLast(at + FIRST_BYTES + 16, levels, i * BLOCK + LAST);
    }
  }

  /**
   * Decodes the five trits of 16 bytes.
   *
   * @param stride columns from one trit of a byte to the next
   */
  private static void decodeSixteen(long address, byte[] levels, int to, int stride) {
    ShortVector fractions =
        ByteVector.fromMemorySegment(
                SIXTEEN, SPACE, NativeAddress.within(address), ByteOrder.LITTLE_ENDIAN)
            .reinterpretAsShorts();
    ShortVector even = fractions.and(FRACTION);
    ShortVector odd = fractions.lanewise(VectorOperators.LSHR, EIGHT);
    for (int trit = 0; trit < TRITS; trit++) {
      short power = POWERS_OF_3[trit];
      even.mul(power)
          .and(FRACTION)
          .mul(THREE)
          .lanewise(VectorOperators.LSHR, EIGHT)
          .or(odd.mul(power).and(FRACTION).mul(THREE).and((short) ~FRACTION))
          .reinterpretAsBytes()
          .sub((byte) 1)
          .intoArray(levels, to + trit * stride);
    }
  }

  /** Decodes the four trits of 4 bytes: all at once, every four lanes another trit. */
  private static void decodeLast(long address, byte[] levels, int to) {
    ShortVector fractions =
        IntVector.broadcast(
                IntVector.SPECIES_128, SPACE.get(Lanes.INT, NativeAddress.within(address)))
            .reinterpretAsShorts();
    fractions
        .and(FRACTION)
        .mul(POWERS_BY_LANE)
        .and(FRACTION)
        .mul(THREE)
        .lanewise(VectorOperators.LSHR, EIGHT)
        .or(
            fractions
                .lanewise(VectorOperators.LSHR, EIGHT)
                .mul(POWERS_BY_LANE)
                .and(FRACTION)
                .mul(THREE)
                .and((short) ~FRACTION))
        .reinterpretAsBytes()
        .sub((byte) 1)
        .intoArray(levels, to);
  }
}
