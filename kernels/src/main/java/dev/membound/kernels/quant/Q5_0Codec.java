package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * 32 weights as 5-bit codes under one scale: {@code {f16 d; u32 high; u8 q[16]}}, {@code w = (code
 * − 16)·d}. Bit i of {@code high} is the fifth bit of code i; the others as {@link SplitNibbles}.
 */
final class Q5_0Codec implements SeparableCodec {
  private static final int ELEMENTS = SplitNibbles.CODES;
  private static final int HIGH = Short.BYTES;
  private static final int QUANTS = HIGH + Integer.BYTES;

  @Override
  public int blockElements() {
    return ELEMENTS;
  }

  @Override
  public int blockBytes() {
    return QUANTS + SplitNibbles.BYTES;
  }

  @Override
  public void decode(MemorySegment source, long offset, float[] target, int targetOffset) {
    float scale = LittleEndian.half(source, offset);
    int high = source.get(LittleEndian.INT, offset + HIGH);
    for (int i = 0; i < ELEMENTS; i++) {
      int code = code(source, offset, high, i);
      target[targetOffset + i] = (code - 16) * scale;
    }
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    float scale = Rounding.extreme(source, sourceOffset, ELEMENTS) / -16;
    float inverse = Rounding.inverse(scale);
    int[] codes = new int[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = Math.min(31, (int) (source[sourceOffset + i] * inverse + 16.5f));
    }
    combine(codes, new short[] {Float.floatToFloat16(scale)}, target, offset);
  }

  private static int code(MemorySegment source, long offset, int high, int i) {
    return SplitNibbles.get(source, offset + QUANTS, i) | (high >>> i & 1) << 4;
  }

  @Override
  public int codeBits() {
    return 5;
  }

  @Override
  public int scaleWords() {
    return 1;
  }

  /** The scale is d. */
  @Override
  public void separate(MemorySegment source, long offset, int[] codes, short[] scales) {
    scales[0] = source.get(LittleEndian.SHORT, offset);
    int high = source.get(LittleEndian.INT, offset + HIGH);
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = code(source, offset, high, i);
    }
  }

  @Override
  public void readScales(short[] words, float[] scales, float[] minima) {
    scales[0] = Float.float16ToFloat(words[0]);
  }

  @Override
  public int level(int code) {
    return code - 16;
  }

  @Override
  public void combine(int[] codes, short[] scales, MemorySegment target, long offset) {
    target.set(LittleEndian.SHORT, offset, scales[0]);
    int high = 0;
    for (int i = 0; i < ELEMENTS; i++) {
      high |= codes[i] >>> 4 << i;
    }
    target.set(LittleEndian.INT, offset + HIGH, high);
    SplitNibbles.set(target, offset + QUANTS, codes);
  }
}
