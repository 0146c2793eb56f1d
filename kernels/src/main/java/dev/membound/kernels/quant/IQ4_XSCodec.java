package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * 256 weights as codes of 16 uneven levels, with a 6-bit scale for every 32: {@code {f16 d; u16
 * scalesHigh; u8 scalesLow[4]; u8 q[128]}}, {@code w = d·(scale − 32)·level(code)}, codes of each
 * 32 as {@link SplitNibbles}.
 *
 * <p>The encoder puts the weight of largest magnitude of every 32 on the level −127 and takes the
 * nearest level for the others; ggml searches for better scales.
 */
final class IQ4_XSCodec implements SeparableCodec {
  private static final int ELEMENTS = 256;
  private static final int SUB_BLOCK = SplitNibbles.CODES;
  private static final int SUB_BLOCKS = ELEMENTS / SUB_BLOCK;
  private static final int SCALE_RANGE = 32;
  private static final int SCALES_HIGH = Short.BYTES;
  private static final int SCALES_LOW = SCALES_HIGH + Short.BYTES;
  private static final int QUANTS = SCALES_LOW + SUB_BLOCKS / 2;

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
    for (int sub = 0; sub < SUB_BLOCKS; sub++) {
      float scale = d * scale(source, offset, sub);
      for (int i = 0; i < SUB_BLOCK; i++) {
        int level = CodeBook.IQ4.level(code(source, offset, sub, i));
        target[targetOffset + sub * SUB_BLOCK + i] = scale * level;
      }
    }
  }

  private static int code(MemorySegment source, long offset, int sub, int i) {
    return SplitNibbles.get(source, offset + QUANTS + sub * SplitNibbles.BYTES, i);
  }

  /** The scale of a sub-block, −32 to 31. */
  private static int scale(MemorySegment source, long offset, int sub) {
    int low = LittleEndian.unsignedByte(source, offset + SCALES_LOW + sub / 2) >>> 4 * (sub % 2);
    int high = source.get(LittleEndian.SHORT, offset + SCALES_HIGH) >>> 2 * sub;
    return (low & 15 | (high & 3) << 4) - SCALE_RANGE;
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    SymmetricScales scales =
        SymmetricScales.fit(
            source, sourceOffset, SUB_BLOCKS, SUB_BLOCK, CodeBook.IQ4.level(0), SCALE_RANGE);
    int[] codes = new int[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      float scale = scales.scale(i / SUB_BLOCK);
      codes[i] = CodeBook.IQ4.nearest(source[sourceOffset + i], scale);
    }
    combine(codes, scales.words(), target, offset);
  }

  @Override
  public int codeBits() {
    return 4;
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
    scales[0] = source.get(LittleEndian.SHORT, offset);
    Arrays.fill(scales, 1, scaleWords(), (short) 0);
    for (int sub = 0; sub < SUB_BLOCKS; sub++) {
      SymmetricScales.setCode(scales, sub, scale(source, offset, sub));
      for (int i = 0; i < SUB_BLOCK; i++) {
        codes[sub * SUB_BLOCK + i] = code(source, offset, sub, i);
      }
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
    return CodeBook.IQ4.level(code);
  }

  @Override
  public void combine(int[] codes, short[] scales, MemorySegment target, long offset) {
    target.set(LittleEndian.SHORT, offset, scales[0]);
    int high = 0;
    int low = 0;
    for (int sub = 0; sub < SUB_BLOCKS; sub++) {
      int stored = SymmetricScales.code(scales, sub) + SCALE_RANGE;
      high |= stored >>> 4 << 2 * sub;
      low |= (stored & 15) << 4 * sub;
      int[] subCodes = Arrays.copyOfRange(codes, sub * SUB_BLOCK, (sub + 1) * SUB_BLOCK);
      SplitNibbles.set(target, offset + QUANTS + sub * SplitNibbles.BYTES, subCodes);
    }
    target.set(LittleEndian.SHORT, offset + SCALES_HIGH, (short) high);
    target.set(LittleEndian.INT, offset + SCALES_LOW, low);
  }
}
