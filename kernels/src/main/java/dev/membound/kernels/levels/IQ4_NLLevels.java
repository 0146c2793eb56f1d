package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.HALF;
import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;

/** IQ4_NL: a scale, then 32 codes of uneven levels. */
final class IQ4_NLLevels implements LevelDecoder {
  private static final int BLOCK = CodeBookLevels.RUN;
  private static final int BLOCK_BYTES = QuantType.IQ4_NL.blockBytes();

  @Override
  public void decode(long address, int columns, Levels target) {
    byte[] levels = target.levels();
    float[] scales = target.scales();
    for (int i = 0; i < columns / BLOCK; i++) {
      long at = NativeAddress.within(address + (long) i * BLOCK_BYTES);
      float scale = Float.float16ToFloat(SPACE.get(HALF, at));
      scales[2 * i] = scale;
      scales[2 * i + 1] = scale;
      CodeBookLevels.decode(at + Short.BYTES, levels, i * BLOCK, CodeBookLevels.IQ4);
    }
  }
}
