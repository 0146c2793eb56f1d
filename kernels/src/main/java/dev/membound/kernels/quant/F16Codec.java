package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/** IEEE 754 binary16, rounded to nearest even; magnitudes of 65520 and more become infinite. */
final class F16Codec implements BlockCodec {
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
    target[targetOffset] = LittleEndian.half(source, offset);
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    LittleEndian.setHalf(target, offset, source[sourceOffset]);
  }
}
