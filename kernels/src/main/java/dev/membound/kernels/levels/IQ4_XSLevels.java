package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.HALF;
import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;

/** IQ4_XS: eight runs of 32 codes of uneven levels, each with a 6-bit scale. */
final class IQ4_XSLevels implements LevelDecoder {
  private static final int BLOCK = 256;
  private static final int RUNS = BLOCK / CodeBookLevels.RUN;
  private static final int BLOCK_BYTES = QuantType.IQ4_XS.blockBytes();
  private static final int SCALES_HIGH = Short.BYTES;
  private static final int SCALES_LOW = SCALES_HIGH + Short.BYTES;
  private static final int QUANTS = SCALES_LOW + RUNS / 2;
  private static final int LEAST_SCALE = -32;

  @Override
  public void decode(long address, int columns, Levels target) {
    byte[] levels = target.levels();
    float[] scales = target.scales();
    for (int i = 0; i < columns / BLOCK; i++) {
      long at = NativeAddress.within(address + (long) i * BLOCK_BYTES);
      float d = Float.float16ToFloat(SPACE.get(HALF, at));
      int high = SPACE.get(HALF, at + SCALES_HIGH);
      int low = SPACE.get(Lanes.INT, at + SCALES_LOW);
      for (int run = 0; run < RUNS; run++) {
        int code = low >>> 4 * run & 15 | (high >>> 2 * run & 3) << 4;
        float scale = d * (code + LEAST_SCALE);
        int group = 2 * (i * RUNS + run);
        scales[group] = scale;
        scales[group + 1] = scale;
        CodeBookLevels.decode(
            at + QUANTS + run * CodeBookLevels.RUN_BYTES,
            levels,
            i * BLOCK + run * CodeBookLevels.RUN,
            CodeBookLevels.IQ4);
      }
    }
  }
}
