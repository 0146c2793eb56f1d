package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.HALF;
import static dev.membound.kernels.levels.Lanes.SIXTEEN;
import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorOperators;

/** Q4_1: a scale, a minimum, then 32 codes of 4 bits, code j + 16 above code j. */
final class Q4_1Levels implements LevelDecoder {
  private static final int BLOCK = 32;
  private static final int BLOCK_BYTES = QuantType.Q4_1.blockBytes();
  private static final int CODE_BYTES = BLOCK / 2;
  private static final int QUANTS = BLOCK_BYTES - CODE_BYTES;
  private static final byte NIBBLE = 15;

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
      scales[2 * i] = scale;
      scales[2 * i + 1] = scale;
      float minimum = -Float.float16ToFloat(SPACE.get(HALF, at + Short.BYTES));
      minima[2 * i] = minimum;
      minima[2 * i + 1] = minimum;
      ByteVector codes =
          ByteVector.fromMemorySegment(SIXTEEN, SPACE, at + QUANTS, ByteOrder.LITTLE_ENDIAN);
      codes.and(NIBBLE).intoArray(levels, i * BLOCK);
      codes
          .reinterpretAsInts()
          .lanewise(VectorOperators.LSHR, 4)
          .reinterpretAsBytes()
          .and(NIBBLE)
          .intoArray(levels, i * BLOCK + CODE_BYTES);
    }
  }
}
