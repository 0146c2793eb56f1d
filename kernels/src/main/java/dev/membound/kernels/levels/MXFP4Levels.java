package dev.membound.kernels.levels;

import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.ValueLayout;

/** MXFP4: a byte of exponent, then 32 codes of doubled E2M1 numbers. */
final class MXFP4Levels implements LevelDecoder {
  private static final int BLOCK = CodeBookLevels.RUN;
  private static final int BLOCK_BYTES = QuantType.MXFP4.blockBytes();
  private static final float[] SCALES = ScaleTable.of(QuantType.MXFP4);

  @Override
  public boolean canOverflow() {
    return true;
  }

  @Override
  public void decode(long address, int columns, Levels target) {
    byte[] levels = target.levels();
    float[] scales = target.scales();
    for (int i = 0; i < columns / BLOCK; i++) {
      long at = NativeAddress.within(address + (long) i * BLOCK_BYTES);
      float scale = SCALES[SPACE.get(ValueLayout.JAVA_BYTE, at) & 0xFF];
      scales[2 * i] = scale;
      scales[2 * i + 1] = scale;
      CodeBookLevels.decode(at + 1, levels, i * BLOCK, CodeBookLevels.E2M1_DOUBLED);
    }
  }
}
