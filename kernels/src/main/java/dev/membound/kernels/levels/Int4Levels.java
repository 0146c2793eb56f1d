package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.HALF;
import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * INT4_G128: a scale, a zero point, then two neighbouring columns a byte. The zero point times the
 * scale is a minimum: exactly, since a binary16 scale leaves room for both integers.
 */
final class Int4Levels implements LevelDecoder {
  private static final int BLOCK = 128;
  private static final int GROUPS = BLOCK / Levels.GROUP;
  private static final int BLOCK_BYTES = QuantType.INT4_G128.blockBytes();
  private static final int QUANTS = BLOCK_BYTES - BLOCK / 2;
  private static final int ZERO = QUANTS - 1;

  /** Bits 0 to 3 of both bytes of a lane. */
  private static final short NIBBLES = 0x0F0F;

  @Override
  public boolean hasMinima() {
    return true;
  }

  @Override
  public void decode(long address, int columns, Levels target) {
    byte[] levels = target.levels();
    float[] scales = target.scales();
    float[] minima = target.minima();
    for (int i = 0; i < columns / BLOCK; i++) {
      long at = NativeAddress.within(address + (long) i * BLOCK_BYTES);
      float scale = Float.float16ToFloat(SPACE.get(HALF, at));
      int zero = Byte.toUnsignedInt(SPACE.get(ValueLayout.JAVA_BYTE, at + ZERO));
      Lanes.fill(scales, i * GROUPS, GROUPS, scale);
      Lanes.fill(minima, i * GROUPS, GROUPS, zero * scale);
      for (int group = 0; group < GROUPS; group++) {
        // A lane of 16 bits for each byte: its code to the lower, the next one to the upper byte.
        ShortVector pairs =
            (ShortVector)
                ByteVector.fromMemorySegment(
                        ByteVector.SPECIES_64,
                        SPACE,
                        at + QUANTS + group * Long.BYTES,
                        ByteOrder.LITTLE_ENDIAN)
                    .convertShape(VectorOperators.ZERO_EXTEND_B2S, ShortVector.SPECIES_128, 0);
        pairs
            .or(pairs.lanewise(VectorOperators.LSHL, 4))
            .and(NIBBLES)
            .reinterpretAsBytes()
            .intoArray(levels, i * BLOCK + group * Levels.GROUP);
      }
    }
  }
}
