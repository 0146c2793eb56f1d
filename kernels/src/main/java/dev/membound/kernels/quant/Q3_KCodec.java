package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * 256 weights as 3-bit codes, with a 6-bit scale for every 16: {@code {u8 high[32]; u8 q[64]; u8
 * scales[12]; f16 d}}, {@code w = d·(scale − 32)·(code − 4)}. The low 2 bits of the codes as {@link
 * TwoBitPlanes}; bit i / 32 of {@code high[i % 32]} is the third bit of code i. Byte j &lt; 8 of
 * the scales has the low 4 bits of scales j and j + 8; bytes 8 to 11 the high 2 bits of scales j %
 * 4, lowest first.
 *
 * <p>The encoder is {@link SymmetricScales#fit}: a little worse than ggml's search.
 */
final class Q3_KCodec implements SeparableCodec {
  private static final int ELEMENTS = 256;
  private static final int SUB_BLOCK = 16;
  private static final int SUB_BLOCKS = ELEMENTS / SUB_BLOCK;
  private static final int HIGH_BYTES = 32;
  private static final int QUANTS = HIGH_BYTES;
  private static final int SCALES = QUANTS + TwoBitPlanes.BYTES;
  private static final int SCALES_HIGH = SCALES + SUB_BLOCKS / 2;
  private static final int D = SCALES_HIGH + SUB_BLOCKS / 4;
  private static final int LEAST_CODE = -4;
  private static final int SCALE_RANGE = 32;

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
      float scale = d * scale(source, offset, i / SUB_BLOCK);
      target[targetOffset + i] = scale * (code(source, offset, i) + LEAST_CODE);
    }
  }

  private static int code(MemorySegment source, long offset, int i) {
    int high = LittleEndian.unsignedByte(source, offset + i % HIGH_BYTES) >>> i / HIGH_BYTES & 1;
    return TwoBitPlanes.get(source, offset + QUANTS, i) | high << 2;
  }

  /** The scale of a sub-block, −32 to 31. */
  private static int scale(MemorySegment source, long offset, int sub) {
    int low = LittleEndian.unsignedByte(source, offset + SCALES + sub % 8) >>> sub / 8 * 4 & 15;
    int high =
        LittleEndian.unsignedByte(source, offset + SCALES_HIGH + sub % 4) >>> sub / 4 * 2 & 3;
    return (low | high << 4) - SCALE_RANGE;
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
    return 3;
  }

  @Override
  public int blockScaleWords() {
    return 1;
  }

  @Override
  public int scaleWords() {
    return 1 + SUB_BLOCKS / 2;
  }

  /** The scales are as {@link SymmetricScales#words} has them, less 32. */
  @Override
  public void separate(MemorySegment source, long offset, int[] codes, short[] scales) {
    scales[0] = source.get(LittleEndian.SHORT, offset + D);
    Arrays.fill(scales, 1, scaleWords(), (short) 0);
    for (int sub = 0; sub < SUB_BLOCKS; sub++) {
      SymmetricScales.setCode(scales, sub, scale(source, offset, sub));
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
    byte[] block = new byte[blockBytes()];
    for (int i = 0; i < ELEMENTS; i++) {
      block[i % HIGH_BYTES] |= (byte) (codes[i] >>> 2 << i / HIGH_BYTES);
    }
    for (int sub = 0; sub < SUB_BLOCKS; sub++) {
      int stored = SymmetricScales.code(scales, sub) + SCALE_RANGE;
      block[SCALES + sub % 8] |= (byte) ((stored & 15) << sub / 8 * 4);
      block[SCALES_HIGH + sub % 4] |= (byte) (stored >>> 4 << sub / 4 * 2);
    }
    MemorySegment.copy(MemorySegment.ofArray(block), 0, target, offset, block.length);
    TwoBitPlanes.set(target, offset + QUANTS, codes);
    target.set(LittleEndian.SHORT, offset + D, scales[0]);
  }
}
