package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/** IEEE 754 binary32. */
final class F32Codec implements BlockCodec {
  @Override
  public int blockElements() {
    return 1;
  }

  @Override
  public int blockBytes() {
    return Float.BYTES;
  }

  @Override
  public void decode(MemorySegment source, long offset, float[] target, int targetOffset) {
    target[targetOffset] = source.get(LittleEndian.FLOAT, offset);
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    target.set(LittleEndian.FLOAT, offset, source[sourceOffset]);
  }
}
