package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * 256 weights as 4-bit codes, with a 6-bit scale and minimum for every 32: {@code {f16 d; f16 dmin;
 * u8 scales[12]; u8 q[128]}}, {@code w = (d·scale)·code − (dmin·minimum)}, scales as {@link
 * KScales}. Byte i of each 32 holds a weight of an even sub-block in its low half and the weight 32
 * further in its high half.
 *
 * <p>The encoder is {@link AffineScales#fit}: a little worse than ggml's search.
 */
final class Q4_KCodec implements SeparableCodec {
  private static final int ELEMENTS = 256;
  private static final int SUB_BLOCKS = KScales.COUNT;
  private static final int SUB_BLOCK = ELEMENTS / SUB_BLOCKS;
  private static final int DMIN = Short.BYTES;
  private static final int SCALES = 2 * Short.BYTES;
  private static final int QUANTS = SCALES + KScales.BYTES;
  private static final int LARGEST_CODE = 15;
  private static final int LARGEST_SCALE_CODE = 63;

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
    float d = LittleEndian.half(source, offset);
    float dmin = LittleEndian.half(source, offset + DMIN);
    for (int sub = 0; sub < SUB_BLOCKS; sub++) {
      float scale = d * KScales.scale(source, offset + SCALES, sub);
      float minimum = dmin * KScales.minimum(source, offset + SCALES, sub);
      for (int i = 0; i < SUB_BLOCK; i++) {
        int code = code(source, offset, sub * SUB_BLOCK + i);
        target[targetOffset + sub * SUB_BLOCK + i] = scale * code - minimum;
      }
    }
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    AffineScales scales =
        AffineScales.fit(
            source, sourceOffset, SUB_BLOCKS, SUB_BLOCK, LARGEST_CODE, LARGEST_SCALE_CODE);
    int[] codes = new int[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = scales.code(source[sourceOffset + i], i / SUB_BLOCK, LARGEST_CODE);
    }
    combine(codes, scales.words(), target, offset);
  }

  private static int code(MemorySegment source, long offset, int i) {
    int sub = i / SUB_BLOCK;
    int pair =
        LittleEndian.unsignedByte(source, offset + QUANTS + sub / 2 * SUB_BLOCK + i % SUB_BLOCK);
    return pair >>> 4 * (sub % 2) & 15;
  }

  @Override
  public int codeBits() {
    return 4;
  }

  @Override
  public int blockScaleWords() {
    return 2;
  }

  @Override
  public int scaleWords() {
    return 2 + SUB_BLOCKS;
  }

  /** The scales are d, dmin, and a word for each 32: scale, minimum in the upper byte. */
  @Override
  public void separate(MemorySegment source, long offset, int[] codes, short[] scales) {
    scales[0] = source.get(LittleEndian.SHORT, offset);
    scales[1] = source.get(LittleEndian.SHORT, offset + DMIN);
    for (int sub = 0; sub < SUB_BLOCKS; sub++) {
      int scale = KScales.scale(source, offset + SCALES, sub);
      int minimum = KScales.minimum(source, offset + SCALES, sub);
      scales[2 + sub] = (short) (scale | minimum << 8);
    }
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = code(source, offset, i);
    }
  }

  @Override
  public int groups() {
    return SUB_BLOCKS;
  }

  @Override
  public void readScales(short[] words, float[] scales, float[] minima) {
    KScales.read(words, scales, minima);
  }

  @Override
  public int level(int code) {
    return code;
  }

  @Override
  public void combine(int[] codes, short[] scales, MemorySegment target, long offset) {
    target.set(LittleEndian.SHORT, offset, scales[0]);
    target.set(LittleEndian.SHORT, offset + DMIN, scales[1]);
    KScales.set(target, offset + SCALES, scales, 2);
    for (int i = 0; i < ELEMENTS / 2; i++) {
      int even = i / SUB_BLOCK * 2 * SUB_BLOCK + i % SUB_BLOCK;
      int pair = codes[even] & 15 | (codes[even + SUB_BLOCK] & 15) << 4;
      LittleEndian.setByte(target, offset + QUANTS + i, pair);
    }
  }
}
