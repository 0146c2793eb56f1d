package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * 256 ternary weights, five to a byte, under one scale: {@code {u8 q[52]; f16 d}}, {@code w = (trit
 * − 1)·d}. A byte holds a base-3 fraction, {@code ⌈n·256/243⌉}; trit k is the integer part of three
 * times the fraction left after k multiplications by 3. The first 32 bytes hold weights 32 apart,
 * the next 16 weights 16 apart, and the last 4 four weights each, 4 apart. Any byte decodes, also
 * those that no encoder writes.
 */
final class TQ1_0Codec implements SeparableCodec {
  private static final int ELEMENTS = 256;
  private static final int BYTES = 52;
  private static final int STATES = 243;

  /** Bytes of each run; a byte's trits lie as many weights apart. */
  private static final int[] RUNS = {32, 16, 4};

  private static final int[] TRITS = {5, 5, 4};

  @Override
  public int blockElements() {
    return ELEMENTS;
  }

  @Override
  public int blockBytes() {
    return BYTES + Short.BYTES;
  }

  @Override
  public void decode(MemorySegment source, long offset, float[] target, int targetOffset) {
    float scale = LittleEndian.half(source, offset + BYTES);
    long at = offset;
    int to = targetOffset;
    for (int run = 0; run < RUNS.length; run++) {
      for (int i = 0; i < RUNS[run]; i++) {
        int fraction = LittleEndian.unsignedByte(source, at + i);
        for (int trit = 0; trit < TRITS[run]; trit++) {
          target[to + trit * RUNS[run] + i] = (fraction * 3 / 256 - 1) * scale;
          fraction = fraction * 3 % 256;
        }
      }
      at += RUNS[run];
      to += RUNS[run] * TRITS[run];
    }
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    float scale = Math.abs(Rounding.extreme(source, sourceOffset, ELEMENTS));
    float inverse = Rounding.inverse(scale);
    int[] codes = new int[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      codes[i] = Rounding.halfAway(source[sourceOffset + i] * inverse) + 1;
    }
    combine(codes, new short[] {Float.floatToFloat16(scale)}, target, offset);
  }

  @Override
  public int codeBits() {
    return 2;
  }

  @Override
  public int scaleWords() {
    return 1;
  }

  /** The scale is d; the codes are 0, 1 and 2. */
  @Override
  public void separate(MemorySegment source, long offset, int[] codes, short[] scales) {
    scales[0] = source.get(LittleEndian.SHORT, offset + BYTES);
    long at = offset;
    int to = 0;
    for (int run = 0; run < RUNS.length; run++) {
      for (int i = 0; i < RUNS[run]; i++) {
        int fraction = LittleEndian.unsignedByte(source, at + i);
        for (int trit = 0; trit < TRITS[run]; trit++) {
          codes[to + trit * RUNS[run] + i] = fraction * 3 / 256;
          fraction = fraction * 3 % 256;
        }
      }
      at += RUNS[run];
      to += RUNS[run] * TRITS[run];
    }
  }

  @Override
  public void readScales(short[] words, float[] scales, float[] minima) {
    scales[0] = Float.float16ToFloat(words[0]);
  }

  @Override
  public int level(int code) {
    return code - 1;
  }

  @Override
  public void combine(int[] codes, short[] scales, MemorySegment target, long offset) {
    long at = offset;
    int from = 0;
    for (int run = 0; run < RUNS.length; run++) {
      for (int i = 0; i < RUNS[run]; i++) {
        int number = 0;
        for (int trit = 0; trit < 5; trit++) {
          int code = trit < TRITS[run] ? codes[from + trit * RUNS[run] + i] : 0;
          number = number * 3 + code;
        }
        LittleEndian.setByte(target, at + i, Math.ceilDiv(number * 256, STATES));
      }
      at += RUNS[run];
      from += RUNS[run] * TRITS[run];
    }
    target.set(LittleEndian.SHORT, offset + BYTES, scales[0]);
  }
}
