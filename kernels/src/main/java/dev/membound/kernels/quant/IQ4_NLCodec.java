package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * 32 weights as codes of 16 uneven levels under one scale: {@code {f16 d; u8 q[16]}}, {@code w =
 * d·level(code)}, codes as {@link SplitNibbles}.
 *
 * <p>The encoder puts the weight of largest magnitude on the level −127 and takes the nearest level
 * for the others; ggml searches for a better scale.
 */
final class IQ4_NLCodec implements SeparableCodec {
  private static final int ELEMENTS = SplitNibbles.CODES;
  private static final int QUANTS = Short.BYTES;

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
    for (int i = 0; i < ELEMENTS; i++) {
      int code = SplitNibbles.get(source, offset + QUANTS, i);
      target[targetOffset + i] = scale * CodeBook.IQ4.level(code);
    }
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    float scale = Rounding.extreme(source, sourceOffset, ELEMENTS) / CodeBook.IQ4.level(0);
    int[] codes = new int[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = CodeBook.IQ4.nearest(source[sourceOffset + i], scale);
    }
    combine(codes, new short[] {Float.floatToFloat16(scale)}, target, offset);
  }

  @Override
  public int codeBits() {
    return 4;
  }

  @Override
  public int scaleWords() {
    return 1;
  }

  /** The scale is d. */
  @Override
  public void separate(MemorySegment source, long offset, int[] codes, short[] scales) {
    scales[0] = source.get(LittleEndian.SHORT, offset);
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = SplitNibbles.get(source, offset + QUANTS, i);
    }
  }

  @Override
  public void readScales(short[] words, float[] scales, float[] minima) {
    scales[0] = Float.float16ToFloat(words[0]);
  }

  @Override
  public int level(int code) {
    return CodeBook.IQ4.level(code);
  }

  @Override
  public void combine(int[] codes, short[] scales, MemorySegment target, long offset) {
    target.set(LittleEndian.SHORT, offset, scales[0]);
    SplitNibbles.set(target, offset + QUANTS, codes);
  }
}
