package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * 256 ternary weights as 2-bit codes under one scale: {@code {u8 q[64]; f16 d}}, {@code w = (code −
 * 1)·d}, codes as {@link TwoBitPlanes}. Code 3, which no encoder writes, is 2.
 */
final class TQ2_0Codec implements SeparableCodec {
  private static final int ELEMENTS = TwoBitPlanes.CODES;
  private static final int D = TwoBitPlanes.BYTES;

  @Override
  public int blockElements() {
    return ELEMENTS;
  }

  @Override
  public int blockBytes() {
    return D + Short.BYTES;
  }

  @Override
  public void decode(MemorySegment source, long offset, float[] target, int targetOffset) {
    float scale = LittleEndian.half(source, offset + D);
    for (int i = 0; i < ELEMENTS; i++) {
      target[targetOffset + i] = (TwoBitPlanes.get(source, offset, i) - 1) * scale;
    }
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    float scale = Math.abs(Rounding.extreme(source, sourceOffset, ELEMENTS));
    float inverse = Rounding.inverse(scale);
    int[] codes = new int[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = Rounding.halfAway(source[sourceOffset + i] * inverse) + 1;
    }
    combine(codes, new short[] {Float.floatToFloat16(scale)}, target, offset);
  }

  @Override
  public int codeBits() {
    return 2;
  }

  @Override
  public int scaleWords() {
    return 1;
  }

  /** The scale is d. */
  @Override
  public void separate(MemorySegment source, long offset, int[] codes, short[] scales) {
    scales[0] = source.get(LittleEndian.SHORT, offset + D);
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = TwoBitPlanes.get(source, offset, i);
    }
  }

  @Override
  public void readScales(short[] words, float[] scales, float[] minima) {
    scales[0] = Float.float16ToFloat(words[0]);
  }

  @Override
  public int level(int code) {
    return code - 1;
  }

  @Override
  public void combine(int[] codes, short[] scales, MemorySegment target, long offset) {
    TwoBitPlanes.set(target, offset, codes);
    target.set(LittleEndian.SHORT, offset + D, scales[0]);
  }
}
