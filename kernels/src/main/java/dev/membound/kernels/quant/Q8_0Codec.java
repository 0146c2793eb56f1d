package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * 32 weights as signed bytes under one binary16 scale: {@code {f16 d; i8 q[32]}}, {@code w = q·d}.
 */
final class Q8_0Codec implements BlockCodec {
  private static final int ELEMENTS = 32;
  private static final int QUANTS = Short.BYTES;

  @Override
  public int blockElements() {
    return ELEMENTS;
  }

  @Override
  public int blockBytes() {
    return QUANTS + ELEMENTS;
  }

  @Override
  public void decode(MemorySegment source, long offset, float[] target, int targetOffset) {
    float scale = LittleEndian.half(source, offset);
    for (int i = 0; i < ELEMENTS; i++) {
      target[targetOffset + i] = source.get(ValueLayout.JAVA_BYTE, offset + QUANTS + i) * scale;
    }
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    float largest = 0;
    for (int i = 0; i < ELEMENTS; i++) {
      largest = Math.max(largest, Math.abs(source[sourceOffset + i]));
    }
    float scale = largest / 127;
    // ggml divides by the scale before it is rounded to binary16.
    float inverse = scale == 0 ? 0 : 1 / scale;
    LittleEndian.setHalf(target, offset, scale);
    for (int i = 0; i < ELEMENTS; i++) {
      int quant = Rounding.halfAway(source[sourceOffset + i] * inverse);
      target.set(ValueLayout.JAVA_BYTE, offset + QUANTS + i, (byte) quant);
    }
  }
}
