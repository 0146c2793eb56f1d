package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.HALF;
import static dev.membound.kernels.levels.Lanes.SIXTEEN;
import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/** Q5_0 and Q5_1: 32 codes, their fifth bits in an int before the nibbles. */
final class FiveBitLevels implements LevelDecoder {
  private static final int BLOCK = 32;
  private static final int CODE_BYTES = BLOCK / 2;
  private static final int HEADER = CODE_BYTES + Integer.BYTES;
  private static final byte FIFTH = 16;

  /** Byte j / 8 of an int for lane j of the lower and of the upper half of the codes. */
  private static final VectorShuffle<Byte> LOWER = bytesOf(0);

  private static final VectorShuffle<Byte> UPPER = bytesOf(2);

  /** Bit j % 8. */
  private static final ByteVector BITS = bits();

  private final int blockBytes;
  private final byte least;
  private final boolean hasMinima;

  FiveBitLevels(QuantType type, int least) {
    blockBytes = type.blockBytes();
    this.least = (byte) least;
    hasMinima = blockBytes - HEADER > Short.BYTES;
  }

  private static VectorShuffle<Byte> bytesOf(int first) {
    return VectorShuffle.fromOp(SIXTEEN, lane -> first + lane / Byte.SIZE);
  }

  private static ByteVector bits() {
    byte[] bits = new byte[SIXTEEN.length()];
    for (int lane = 0; lane < bits.length; lane++) {
      bits[lane] = (byte) (1 << lane % Byte.SIZE);
    }
    return ByteVector.fromArray(SIXTEEN, bits, 0);
  }

  @Override
  public boolean hasMinima() {
    return hasMinima;
  }

  @Override
  public void decode(long address, int columns, Levels target) {
    byte[] levels = target.levels();
    float[] scales = target.scales();
    float[] minima = target.minima();
    int blockBytes = this.blockBytes;
    byte least = this.least;
    boolean hasMinima = this.hasMinima;
    for (int i = 0; i < columns / BLOCK; i++) {
      long at = NativeAddress.within(address + (long) i * blockBytes);
      float scale = Float.float16ToFloat(SPACE.get(HALF, at));
      scales[2 * i] = scale;
      scales[2 * i + 1] = scale;
      if (hasMinima) {
        float minimum = -Float.float16ToFloat(SPACE.get(HALF, at + Short.BYTES));
        minima[2 * i] = minimum;
        minima[2 * i + 1] = minimum;
      }
      ByteVector high =
          IntVector.broadcast(IntVector.SPECIES_128, SPACE.get(Lanes.INT, at + blockBytes - HEADER))
              .reinterpretAsBytes();
      ByteVector codes =
          ByteVector.fromMemorySegment(
              SIXTEEN, SPACE, at + blockBytes - CODE_BYTES, ByteOrder.LITTLE_ENDIAN);
      ByteVector low = codes.and((byte) 15).add(least);
      low.add(FIFTH, high.rearrange(LOWER).and(BITS).compare(VectorOperators.EQ, BITS))
          .intoArray(levels, i * BLOCK);
      ByteVector upper =
          codes
              .reinterpretAsInts()
              .lanewise(VectorOperators.LSHR, 4)
              .reinterpretAsBytes()
              .and((byte) 15)
              .add(least);
      upper
          .add(FIFTH, high.rearrange(UPPER).and(BITS).compare(VectorOperators.EQ, BITS))
          .intoArray(levels, i * BLOCK + CODE_BYTES);
    }
  }
}
