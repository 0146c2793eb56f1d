package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * 32 weights as 4-bit codes with a scale and a minimum: {@code {f16 d; f16 m; u8 q[16]}}, {@code w
 * = code·d + m}, codes as {@link SplitNibbles}.
 */
final class Q4_1Codec implements SeparableCodec {
  private static final int ELEMENTS = SplitNibbles.CODES;
  private static final int MINIMUM = Short.BYTES;
  private static final int QUANTS = 2 * Short.BYTES;
  private static final int LARGEST_CODE = 15;

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
    float minimum = LittleEndian.half(source, offset + MINIMUM);
    for (int i = 0; i < ELEMENTS; i++) {
      target[targetOffset + i] = SplitNibbles.get(source, offset + QUANTS, i) * scale + minimum;
    }
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    WeightRange range = WeightRange.of(source, sourceOffset, ELEMENTS);
    float scale = (range.largest() - range.least()) / LARGEST_CODE;
    float inverse = Rounding.inverse(scale);
    int[] codes = new int[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      float scaled = (source[sourceOffset + i] - range.least()) * inverse;
      codes[i] = Math.min(LARGEST_CODE, (int) (scaled + 0.5f));
    }
    short[] scales = {Float.floatToFloat16(scale), Float.floatToFloat16(range.least())};
    combine(codes, scales, target, offset);
  }

  @Override
  public int codeBits() {
    return 4;
  }

  @Override
  public int scaleWords() {
    return 2;
  }

  /** The scales are d and m. */
  @Override
  public void separate(MemorySegment source, long offset, int[] codes, short[] scales) {
    scales[0] = source.get(LittleEndian.SHORT, offset);
    scales[1] = source.get(LittleEndian.SHORT, offset + MINIMUM);
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = SplitNibbles.get(source, offset + QUANTS, i);
    }
  }

  @Override
  public void readScales(short[] words, float[] scales, float[] minima) {
    scales[0] = Float.float16ToFloat(words[0]);
    minima[0] = -Float.float16ToFloat(words[1]);
  }

  @Override
  public int level(int code) {
    return code;
  }

  @Override
  public void combine(int[] codes, short[] scales, MemorySegment target, long offset) {
    target.set(LittleEndian.SHORT, offset, scales[0]);
    target.set(LittleEndian.SHORT, offset + MINIMUM, scales[1]);
    SplitNibbles.set(target, offset + QUANTS, codes);
  }
}
