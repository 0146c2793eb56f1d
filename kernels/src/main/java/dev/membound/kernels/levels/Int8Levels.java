package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.PLANE;
import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;

/** INT8_B128: a binary32 scale, then signed bytes. */
final class Int8Levels implements LevelDecoder {
  private static final int BLOCK = 128;
  private static final int GROUPS = BLOCK / Levels.GROUP;
  private static final int BLOCK_BYTES = QuantType.INT8_B128.blockBytes();

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
      float scale = Float.intBitsToFloat(SPACE.get(Lanes.INT, at));
      Lanes.fill(scales, i * GROUPS, GROUPS, scale);
      for (int c = 0; c < BLOCK; c += PLANE.length()) {
        ByteVector.fromMemorySegment(PLANE, SPACE, at + Float.BYTES + c, ByteOrder.LITTLE_ENDIAN)
            .intoArray(levels, i * BLOCK + c);
      }
    }
  }
}
