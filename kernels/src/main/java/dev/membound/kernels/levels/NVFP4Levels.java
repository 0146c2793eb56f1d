package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.TWO_LONGS;
import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/** NVFP4: four bytes of scales, then for each 8 bytes with code j + 8 above code j. */
final class NVFP4Levels implements LevelDecoder {
  private static final int BLOCK = 64;
  private static final int GROUPS = BLOCK / Levels.GROUP;
  private static final int BLOCK_BYTES = QuantType.NVFP4.blockBytes();
  private static final float[] SCALES = ScaleTable.of(QuantType.NVFP4);
  private static final byte NIBBLE = 15;

  /** The low halves of eight bytes to the first lane, the high ones to the second. */
  private static final LongVector HALVES = LongVector.fromArray(TWO_LONGS, new long[] {0, 4}, 0);

  @Override
  public void decode(long address, int columns, Levels target) {
    byte[] levels = target.levels();
    float[] scales = target.scales();
    for (int i = 0; i < columns / BLOCK; i++) {
      long at = NativeAddress.within(address + (long) i * BLOCK_BYTES);
      for (int group = 0; group < GROUPS; group++) {
        scales[i * GROUPS + group] = SCALES[SPACE.get(ValueLayout.JAVA_BYTE, at + group) & 0xFF];
        LongVector.broadcast(TWO_LONGS, SPACE.get(Lanes.LONG, at + GROUPS + group * Long.BYTES))
            .lanewise(VectorOperators.LSHR, HALVES)
            .reinterpretAsBytes()
            .and(NIBBLE)
            .selectFrom(CodeBookLevels.E2M1_DOUBLED)
            .intoArray(levels, i * BLOCK + group * Levels.GROUP);
      }
    }
  }
}
