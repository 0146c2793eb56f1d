package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.HALF;
import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;

/** TQ2_0: 256 codes of −1, 0 and 1 (and 2, which no encoder writes) under one scale. */
final class TQ2_0Levels implements LevelDecoder {
  private static final int BLOCK = 256;
  private static final int GROUPS = BLOCK / Levels.GROUP;
  private static final int BLOCK_BYTES = QuantType.TQ2_0.blockBytes();

  @Override
  public void decode(long address, int columns, Levels target) {
    for (int i = 0; i < columns / BLOCK; i++) {
      long at = NativeAddress.within(address + (long) i * BLOCK_BYTES);
      float scale = Float.float16ToFloat(SPACE.get(HALF, at + TwoBitLevels.BYTES));
      Lanes.fill(target.scales(), i * GROUPS, GROUPS, scale);
      TwoBitLevels.decode(at, target.levels(), i * BLOCK, (byte) -1);
    }
  }
}
