package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * 32 weights as 4-bit codes under one binary16 scale: {@code {f16 d; u8 q[16]}}, {@code w = (code −
 * 8)·d}. Byte j holds weight j in its low and weight j + 16 in its high half.
 */
final class Q4_0Codec implements BlockCodec {
  private static final int ELEMENTS = 32;
  private static final int HALF = ELEMENTS / 2;
  private static final int QUANTS = Short.BYTES;

  @Override
  public int blockElements() {
    return ELEMENTS;
  }

  @Override
  public int blockBytes() {
    return QUANTS + HALF;
  }

  @Override
  public void decode(MemorySegment source, long offset, float[] target, int targetOffset) {
    float scale = LittleEndian.half(source, offset);
    for (int j = 0; j < HALF; j++) {
      int codes = Byte.toUnsignedInt(source.get(ValueLayout.JAVA_BYTE, offset + QUANTS + j));
      target[targetOffset + j] = ((codes & 15) - 8) * scale;
      target[targetOffset + HALF + j] = ((codes >>> 4) - 8) * scale;
    }
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    // The weight of largest magnitude, with its sign, becomes code 0: the range is −8 to 7.
    float extreme = 0;
    for (int i = 0; i < ELEMENTS; i++) {
      float weight = source[sourceOffset + i];
      if (Math.abs(weight) > Math.abs(extreme)) {
        extreme = weight;
      }
    }
    float scale = extreme / -8;
    float inverse = scale == 0 ? 0 : 1 / scale;
    LittleEndian.setHalf(target, offset, scale);
    for (int j = 0; j < HALF; j++) {
      int low = code(source[sourceOffset + j] * inverse);
      int high = code(source[sourceOffset + HALF + j] * inverse);
      target.set(ValueLayout.JAVA_BYTE, offset + QUANTS + j, (byte) (low | high << 4));
    }
  }

  private static int code(float scaled) {
    return Math.min(15, (int) (scaled + 8.5f));
  }
}
