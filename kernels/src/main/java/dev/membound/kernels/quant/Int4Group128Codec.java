package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * 128 weights as 4-bit codes with a scale and an integer zero point, as AWQ and GPTQ checkpoints
 * have them once their words are taken apart: {@code {f16 scale; u8 zero; u8 q[64]}}, {@code w =
 * (code − zero)·scale}. Byte j holds weight 2j in its low and weight 2j + 1 in its high half; the
 * zero point is at most 16.
 */
final class Int4Group128Codec implements SeparableCodec {
  private static final int ELEMENTS = 128;
  private static final int ZERO = Short.BYTES;
  private static final int QUANTS = ZERO + 1;
  private static final int LARGEST_CODE = 15;

  @Override
  public int blockElements() {
    return ELEMENTS;
  }

  @Override
  public int blockBytes() {
    return QUANTS + ELEMENTS / 2;
  }

  @Override
  public void decode(MemorySegment source, long offset, float[] target, int targetOffset) {
    float scale = LittleEndian.half(source, offset);
    int zero = LittleEndian.unsignedByte(source, offset + ZERO);
    for (int j = 0; j < ELEMENTS / 2; j++) {
      int codes = LittleEndian.unsignedByte(source, offset + QUANTS + j);
      target[targetOffset + 2 * j] = ((codes & 15) - zero) * scale;
      target[targetOffset + 2 * j + 1] = ((codes >>> 4) - zero) * scale;
    }
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    WeightRange range = WeightRange.of(source, sourceOffset, ELEMENTS);
    float least = Math.min(0, range.least());
    short scale = Float.floatToFloat16((Math.max(0, range.largest()) - least) / LARGEST_CODE);
    float inverse = Rounding.inverse(Float.float16ToFloat(scale));
    int zero = Rounding.code(-least * inverse, 0, LARGEST_CODE);
    int[] codes = new int[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = Rounding.code(source[sourceOffset + i] * inverse + zero, 0, LARGEST_CODE);
    }
    combine(codes, new short[] {scale, (short) zero}, target, offset);
  }

  @Override
  public int codeBits() {
    return 4;
  }

  @Override
  public int scaleWords() {
    return 2;
  }

  /** The scales are the scale and the zero point. */
  @Override
  public void separate(MemorySegment source, long offset, int[] codes, short[] scales) {
    scales[0] = source.get(LittleEndian.SHORT, offset);
    scales[1] = (short) LittleEndian.unsignedByte(source, offset + ZERO);
    for (int j = 0; j < ELEMENTS / 2; j++) {
      int pair = LittleEndian.unsignedByte(source, offset + QUANTS + j);
      codes[2 * j] = pair & 15;
      codes[2 * j + 1] = pair >>> 4;
    }
  }

  /** The minimum, an integer times a binary16 number, is exact. */
  @Override
  public void readScales(short[] words, float[] scales, float[] minima) {
    scales[0] = Float.float16ToFloat(words[0]);
    minima[0] = words[1] * scales[0];
  }

  @Override
  public int level(int code) {
    return code;
  }

  @Override
  public void combine(int[] codes, short[] scales, MemorySegment target, long offset) {
    target.set(LittleEndian.SHORT, offset, scales[0]);
    LittleEndian.setByte(target, offset + ZERO, scales[1]);
    for (int j = 0; j < ELEMENTS / 2; j++) {
      int pair = codes[2 * j] | codes[2 * j + 1] << 4;
      LittleEndian.setByte(target, offset + QUANTS + j, pair);
    }
  }
}
