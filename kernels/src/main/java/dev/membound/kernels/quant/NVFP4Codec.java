package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * 64 weights as E2M1 numbers with an unsigned E4M3 scale for every 16: {@code {u8 d[4]; u8 q[32]}},
 * {@code w = UE4M3(d)·E2M1(code)}. Byte j of each 8 has weight j of its 16 in its low half and
 * weight j + 8 in its high half. The per-tensor factor of NVIDIA's checkpoints is no part of the
 * block.
 *
 * <p>As in ggml, the scale 0x7F, a NaN in E4M3, counts as zero, and the sign bit is ignored.
 */
final class NVFP4Codec implements SeparableCodec {
  private static final int ELEMENTS = 64;
  private static final int SUB_BLOCK = 16;
  private static final int SUB_BLOCKS = ELEMENTS / SUB_BLOCK;
  private static final int SUB_BLOCK_BYTES = SUB_BLOCK / 2;
  private static final int QUANTS = SUB_BLOCKS;
  private static final int NAN = 0x7F;
  private static final float LARGEST_E2M1 = 6;

  @Override
  public int blockElements() {
    return ELEMENTS;
  }

  @Override
  public int blockBytes() {
    return QUANTS + SUB_BLOCKS * SUB_BLOCK_BYTES;
  }

  @Override
  public void decode(MemorySegment source, long offset, float[] target, int targetOffset) {
    for (int sub = 0; sub < SUB_BLOCKS; sub++) {
      float scale = halfScale(LittleEndian.unsignedByte(source, offset + sub));
      long quants = offset + QUANTS + sub * SUB_BLOCK_BYTES;
      int to = targetOffset + sub * SUB_BLOCK;
      for (int j = 0; j < SUB_BLOCK_BYTES; j++) {
        int codes = LittleEndian.unsignedByte(source, quants + j);
        target[to + j] = scale * CodeBook.E2M1_DOUBLED.level(codes & 15);
        target[to + SUB_BLOCK_BYTES + j] = scale * CodeBook.E2M1_DOUBLED.level(codes >>> 4);
      }
    }
  }

  /** The weight in the low half of quant byte {@code i}. */
  private static int lowWeight(int i) {
    return i / SUB_BLOCK_BYTES * SUB_BLOCK + i % SUB_BLOCK_BYTES;
  }

  /** Half the scale, for doubled levels. */
  private static float halfScale(int bits) {
    if (bits == NAN) {
      return 0;
    }
    int exponent = bits >>> 3 & 15;
    int mantissa = bits & 7;
    return exponent == 0
        ? Math.scalb((float) mantissa, -10)
        : Math.scalb((float) (8 + mantissa), exponent - 11);
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    int[] codes = new int[ELEMENTS];
    short[] scales = new short[SUB_BLOCKS / 2];
    for (int sub = 0; sub < SUB_BLOCKS; sub++) {
      int from = sourceOffset + sub * SUB_BLOCK;
      float largest = Math.abs(Rounding.extreme(source, from, SUB_BLOCK));
      int bits = Fp8.E4M3.fromFloat(largest / LARGEST_E2M1);
      scales[sub / 2] |= (short) (bits << 8 * (sub % 2));
      for (int j = 0; j < SUB_BLOCK; j++) {
        codes[sub * SUB_BLOCK + j] =
            CodeBook.E2M1_DOUBLED.nearest(source[from + j], halfScale(bits));
      }
    }
    combine(codes, scales, target, offset);
  }

  @Override
  public int codeBits() {
    return 4;
  }

  @Override
  public int blockScaleWords() {
    return 0;
  }

  @Override
  public int scaleWords() {
    return SUB_BLOCKS / 2;
  }

  /** The scales are the four bytes as they are, two in a word. */
  @Override
  public void separate(MemorySegment source, long offset, int[] codes, short[] scales) {
    for (int word = 0; word < SUB_BLOCKS / 2; word++) {
      scales[word] = source.get(LittleEndian.SHORT, offset + word * Short.BYTES);
    }
    for (int i = 0; i < ELEMENTS / 2; i++) {
      int pair = LittleEndian.unsignedByte(source, offset + QUANTS + i);
      codes[lowWeight(i)] = pair & 15;
      codes[lowWeight(i) + SUB_BLOCK_BYTES] = pair >>> 4;
    }
  }

  @Override
  public int groups() {
    return SUB_BLOCKS;
  }

  @Override
  public void readScales(short[] words, float[] scales, float[] minima) {
    for (int sub = 0; sub < SUB_BLOCKS; sub++) {
      scales[sub] = halfScale(words[sub / 2] >>> Byte.SIZE * (sub % 2) & 0xFF);
    }
  }

  @Override
  public int level(int code) {
    return CodeBook.E2M1_DOUBLED.level(code);
  }

  @Override
  public void combine(int[] codes, short[] scales, MemorySegment target, long offset) {
    for (int word = 0; word < SUB_BLOCKS / 2; word++) {
      target.set(LittleEndian.SHORT, offset + word * Short.BYTES, scales[word]);
    }
    for (int i = 0; i < ELEMENTS / 2; i++) {
      int pair = codes[lowWeight(i)] | codes[lowWeight(i) + SUB_BLOCK_BYTES] << 4;
      LittleEndian.setByte(target, offset + QUANTS + i, pair);
    }
  }
}
