package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/** bfloat16: the upper half of a binary32, rounded to nearest even; a NaN stays a (quiet) NaN. */
final class BF16Codec implements BlockCodec {
  private static final int INFINITY_BITS = 0x7F80_0000;
  private static final int QUIET_BIT = 0x40;

  @Override
  public int blockElements() {
    return 1;
  }

  @Override
  public int blockBytes() {
    return Short.BYTES;
  }

  @Override
  public void decode(MemorySegment source, long offset, float[] target, int targetOffset) {
    target[targetOffset] = Float.intBitsToFloat(source.get(LittleEndian.SHORT, offset) << 16);
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    target.set(LittleEndian.SHORT, offset, (short) round(source[sourceOffset]));
  }

  private static int round(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7FFF_FFFF) > INFINITY_BITS) {
      return bits >>> 16 | QUIET_BIT; // rounding could carry a NaN's mantissa into infinity
    }
    int evenBit = bits >>> 16 & 1;
    return (bits + 0x7FFF + evenBit) >>> 16;
  }
}
