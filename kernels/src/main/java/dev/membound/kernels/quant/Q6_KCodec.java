package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * 256 weights as 6-bit codes, with a signed 8-bit scale for every 16: {@code {u8 low[128]; u8
 * high[64]; i8 scales[16]; f16 d}}, {@code w = (d·scale)·(code − 32)}. Of each half of 128 weights,
 * byte i of 64 low bytes has weights i and i + 64, byte i of 32 high bytes the top 2 bits of
 * weights i, i + 32, i + 64 and i + 96.
 *
 * <p>The encoder is {@link SymmetricScales#fit}: a little worse than ggml's search.
 */
final class Q6_KCodec implements SeparableCodec {
  private static final int ELEMENTS = 256;
  private static final int HALF = ELEMENTS / 2;
  private static final int SUB_BLOCK = 16;
  private static final int SUB_BLOCKS = ELEMENTS / SUB_BLOCK;
  private static final int HIGH = HALF;
  private static final int SCALES = HIGH + HALF / 2;
  private static final int D = SCALES + SUB_BLOCKS;
  private static final int LEAST_CODE = -32;
  private static final int SCALE_RANGE = 128;

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
    float d = LittleEndian.half(source, offset + D);
    for (int i = 0; i < ELEMENTS; i++) {
      float scale = d * source.get(ValueLayout.JAVA_BYTE, offset + SCALES + i / SUB_BLOCK);
      target[targetOffset + i] = scale * (code(source, offset, i) + LEAST_CODE);
    }
  }

  private static int code(MemorySegment source, long offset, int i) {
    int low = LittleEndian.unsignedByte(source, offset + lowByte(i)) >>> lowShift(i) & 15;
    return low | TwoBitPlanes.get(source, offset + HIGH, i) << 4;
  }

  private static int lowByte(int i) {
    return i / HALF * (HALF / 2) + i % (HALF / 2);
  }

  private static int lowShift(int i) {
    return i % HALF / (HALF / 2) * 4;
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    SymmetricScales scales =
        SymmetricScales.fit(source, sourceOffset, SUB_BLOCKS, SUB_BLOCK, LEAST_CODE, SCALE_RANGE);
    int[] codes = new int[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      float inverse = Rounding.inverse(scales.scale(i / SUB_BLOCK));
      float scaled = source[sourceOffset + i] * inverse;
      codes[i] = Rounding.code(scaled, LEAST_CODE, -LEAST_CODE - 1) - LEAST_CODE;
    }
    combine(codes, scales.words(), target, offset);
  }

  @Override
  public int codeBits() {
    return 6;
  }

  @Override
  public int blockScaleWords() {
    return 1;
  }

  @Override
  public int scaleWords() {
    return 1 + SUB_BLOCKS / 2;
  }

  /** The scales are d and the 16 signed bytes, two in a word. */
  @Override
  public void separate(MemorySegment source, long offset, int[] codes, short[] scales) {
    scales[0] = source.get(LittleEndian.SHORT, offset + D);
    for (int word = 0; word < SUB_BLOCKS / 2; word++) {
      scales[1 + word] = source.get(LittleEndian.SHORT, offset + SCALES + word * Short.BYTES);
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
    SymmetricScales.read(words, scales);
  }

  @Override
  public int level(int code) {
    return code + LEAST_CODE;
  }

  @Override
  public void combine(int[] codes, short[] scales, MemorySegment target, long offset) {
    byte[] low = new byte[HALF];
    int[] high = new int[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      low[lowByte(i)] |= (byte) ((codes[i] & 15) << lowShift(i));
      high[i] = codes[i] >>> 4;
    }
    MemorySegment.copy(MemorySegment.ofArray(low), 0, target, offset, low.length);
    TwoBitPlanes.set(target, offset + HIGH, high);
    for (int word = 0; word < SUB_BLOCKS / 2; word++) {
      target.set(LittleEndian.SHORT, offset + SCALES + word * Short.BYTES, scales[1 + word]);
    }
    target.set(LittleEndian.SHORT, offset + D, scales[0]);
  }
}
