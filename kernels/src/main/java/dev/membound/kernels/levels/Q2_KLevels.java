package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.HALF;
import static dev.membound.kernels.levels.Lanes.PARTS;
import static dev.membound.kernels.levels.Lanes.SIXTEEN;
import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Q2_K: a byte of scale and minimum for every 16 codes. */
final class Q2_KLevels implements LevelDecoder {
  private static final int BLOCK = 256;
  private static final int GROUPS = BLOCK / Levels.GROUP;
  private static final int BLOCK_BYTES = QuantType.Q2_K.blockBytes();
  private static final int QUANTS = GROUPS;
  private static final int D = QUANTS + TwoBitLevels.BYTES;
  private static final int DMIN = D + Short.BYTES;

  @Override
  public boolean hasMinima() {
    return true;
  }

  @Override
  public void decode(long address, int columns, Levels target) {
    for (int i = 0; i < columns / BLOCK; i++) {
      long at = NativeAddress.within(address + (long) i * BLOCK_BYTES);
      decodeScales(at, target.scales(), target.minima(), i * GROUPS);
      TwoBitLevels.decode(at + QUANTS, target.levels(), i * BLOCK, (byte) 0);
    }
  }

  private static void decodeScales(long block, float[] scales, float[] minima, int to) {
    long at = NativeAddress.within(block);
    float d = Float.float16ToFloat(SPACE.get(HALF, at + D));
    float dmin = Float.float16ToFloat(SPACE.get(HALF, at + DMIN));
    ByteVector pairs = ByteVector.fromMemorySegment(SIXTEEN, SPACE, at, ByteOrder.LITTLE_ENDIAN);
    ByteVector low = pairs.and((byte) 15);
    ByteVector high =
        pairs
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHR, 4)
            .reinterpretAsBytes()
            .and((byte) 15);
    for (int part = 0; part < PARTS; part++) {
      ((FloatVector) low.castShape(FLOAT, part)).mul(d).intoArray(scales, to + part * FLOATS);
      ((FloatVector) high.castShape(FLOAT, part)).mul(dmin).intoArray(minima, to + part * FLOATS);
    }
  }
}
