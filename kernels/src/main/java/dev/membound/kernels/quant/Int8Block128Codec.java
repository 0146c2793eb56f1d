package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * 128 weights as signed bytes under one scale: {@code {f32 scale; i8 q[128]}}, {@code w = q·scale}.
 * Checkpoints keep one scale an output channel; here each block of the row has a copy.
 */
final class Int8Block128Codec implements BlockCodec {
  private static final int ELEMENTS = 128;
  private static final int QUANTS = Float.BYTES;
  private static final int LARGEST_CODE = 127;

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
    float scale = source.get(LittleEndian.FLOAT, offset);
    for (int i = 0; i < ELEMENTS; i++) {
      target[targetOffset + i] = source.get(ValueLayout.JAVA_BYTE, offset + QUANTS + i) * scale;
    }
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    float largest = Math.abs(Rounding.extreme(source, sourceOffset, ELEMENTS));
    float scale = largest / LARGEST_CODE;
    float inverse = Rounding.inverse(scale);
    target.set(LittleEndian.FLOAT, offset, scale);
    for (int i = 0; i < ELEMENTS; i++) {
      float scaled = source[sourceOffset + i] * inverse;
      int code = Rounding.code(scaled, -LARGEST_CODE, LARGEST_CODE);
      LittleEndian.setByte(target, offset + QUANTS + i, code);
    }
  }
}
