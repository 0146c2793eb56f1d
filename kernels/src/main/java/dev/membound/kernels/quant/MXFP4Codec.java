package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * 32 weights as E2M1 numbers under a power of two: {@code {u8 e; u8 q[16]}}, {@code w = 2^(e − 127)
 * · E2M1(code)}, codes as {@link SplitNibbles} (OCP Microscaling Formats v1.0, packed as ggml
 * does).
 *
 * <p>As in ggml, e = 255, the specification's NaN, counts as 2¹²⁸. From e = 253 the larger codes
 * decode to infinity.
 */
final class MXFP4Codec implements SeparableCodec {
  private static final int ELEMENTS = SplitNibbles.CODES;
  private static final int QUANTS = 1;
  private static final int BIAS = 127;

  /** Exponent of the largest E2M1 number, 6. */
  private static final int LARGEST_EXPONENT = 2;

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
    float scale = halfScale(LittleEndian.unsignedByte(source, offset));
    for (int i = 0; i < ELEMENTS; i++) {
      int code = SplitNibbles.get(source, offset + QUANTS, i);
      target[targetOffset + i] = scale * CodeBook.E2M1_DOUBLED.level(code);
    }
  }

  /** Half the scale: {@code 2^(e − 128)}, for doubled levels. */
  private static float halfScale(int e) {
    return Math.scalb(1f, e - BIAS - 1);
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    float largest = Math.abs(Rounding.extreme(source, sourceOffset, ELEMENTS));
    int e = largest == 0 ? 0 : Math.max(0, Math.getExponent(largest) - LARGEST_EXPONENT + BIAS);
    int[] codes = new int[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = CodeBook.E2M1_DOUBLED.nearest(source[sourceOffset + i], halfScale(e));
    }
    combine(codes, new short[] {(short) e}, target, offset);
  }

  @Override
  public int codeBits() {
    return 4;
  }

  @Override
  public int scaleWords() {
    return 1;
  }

  /** The scale is e. */
  @Override
  public void separate(MemorySegment source, long offset, int[] codes, short[] scales) {
    scales[0] = (short) LittleEndian.unsignedByte(source, offset);
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = SplitNibbles.get(source, offset + QUANTS, i);
    }
  }

  @Override
  public void readScales(short[] words, float[] scales, float[] minima) {
    scales[0] = halfScale(words[0]);
  }

  @Override
  public int level(int code) {
    return CodeBook.E2M1_DOUBLED.level(code);
  }

  @Override
  public void combine(int[] codes, short[] scales, MemorySegment target, long offset) {
    LittleEndian.setByte(target, offset, scales[0]);
    SplitNibbles.set(target, offset + QUANTS, codes);
  }
}
