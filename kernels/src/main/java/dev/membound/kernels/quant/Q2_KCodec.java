package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * 256 weights as 2-bit codes, with a 4-bit scale and minimum for every 16: {@code {u8 scales[16];
 * u8 q[64]; f16 d; f16 dmin}}, {@code w = (d·scale)·code − (dmin·minimum)}; a scale in the low half
 * of its byte, a minimum in the high half. Byte i of each half block of 32 bytes holds its weights
 * i, i + 32, i + 64 and i + 96, the first in its lowest bits.
 *
 * <p>The encoder is {@link AffineScales#fit}: a little worse than ggml's search.
 */
final class Q2_KCodec implements SeparableCodec {
  private static final int ELEMENTS = 256;
  private static final int SUB_BLOCK = 16;
  private static final int SUB_BLOCKS = ELEMENTS / SUB_BLOCK;
  private static final int QUANTS = SUB_BLOCKS;
  private static final int D = QUANTS + ELEMENTS / 4;
  private static final int DMIN = D + Short.BYTES;
  private static final int LARGEST_CODE = 3;
  private static final int LARGEST_SCALE_CODE = 15;

  @Override
  public int blockElements() {
    return ELEMENTS;
  }

  @Override
  public int blockBytes() {
    return DMIN + Short.BYTES;
  }

  @Override
  public void decode(MemorySegment source, long offset, float[] target, int targetOffset) {
    float d = LittleEndian.half(source, offset + D);
    float dmin = LittleEndian.half(source, offset + DMIN);
    for (int i = 0; i < ELEMENTS; i++) {
      int scales = LittleEndian.unsignedByte(source, offset + i / SUB_BLOCK);
      int code = TwoBitPlanes.get(source, offset + QUANTS, i);
      target[targetOffset + i] = d * (scales & 15) * code - dmin * (scales >>> 4);
    }
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    AffineScales scales =
        AffineScales.fit(
            source, sourceOffset, SUB_BLOCKS, SUB_BLOCK, LARGEST_CODE, LARGEST_SCALE_CODE);
    short[] words = new short[scaleWords()];
    words[0] = Float.floatToFloat16(scales.d());
    words[1] = Float.floatToFloat16(scales.dmin());
    for (int sub = 0; sub < SUB_BLOCKS; sub++) {
      int pair = scales.scaleCodes()[sub] | scales.minimumCodes()[sub] << 4;
      words[2 + sub / 2] |= (short) (pair << 8 * (sub % 2));
    }
    int[] codes = new int[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = scales.code(source[sourceOffset + i], i / SUB_BLOCK, LARGEST_CODE);
    }
    combine(codes, words, target, offset);
  }

  @Override
  public int codeBits() {
    return 2;
  }

  @Override
  public int blockScaleWords() {
    return 2;
  }

  @Override
  public int scaleWords() {
    return 2 + SUB_BLOCKS / 2;
  }

  /** The scales are d, dmin, and the 16 bytes of scales and minima as they are, two in a word. */
  @Override
  public void separate(MemorySegment source, long offset, int[] codes, short[] scales) {
    scales[0] = source.get(LittleEndian.SHORT, offset + D);
    scales[1] = source.get(LittleEndian.SHORT, offset + DMIN);
    for (int word = 0; word < SUB_BLOCKS / 2; word++) {
      scales[2 + word] = source.get(LittleEndian.SHORT, offset + word * Short.BYTES);
    }
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = TwoBitPlanes.get(source, offset + QUANTS, i);
    }
  }

  @Override
  public int groups() {
    return SUB_BLOCKS;
  }

  @Override
  public void readScales(short[] words, float[] scales, float[] minima) {
    float d = Float.float16ToFloat(words[0]);
    float dmin = Float.float16ToFloat(words[1]);
    for (int sub = 0; sub < SUB_BLOCKS; sub++) {
      int pair = words[2 + sub / 2] >>> Byte.SIZE * (sub % 2) & 0xFF;
      scales[sub] = d * (pair & 15);
      minima[sub] = dmin * (pair >>> 4);
    }
  }

  @Override
  public int level(int code) {
    return code;
  }

  @Override
  public void combine(int[] codes, short[] scales, MemorySegment target, long offset) {
    for (int word = 0; word < SUB_BLOCKS / 2; word++) {
      target.set(LittleEndian.SHORT, offset + word * Short.BYTES, scales[2 + word]);
    }
    TwoBitPlanes.set(target, offset + QUANTS, codes);
    target.set(LittleEndian.SHORT, offset + D, scales[0]);
    target.set(LittleEndian.SHORT, offset + DMIN, scales[1]);
  }
}
