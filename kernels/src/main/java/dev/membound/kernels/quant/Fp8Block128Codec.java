package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * 128 weights as 8-bit floats under one scale: {@code {f32 scale; u8 q[128]}}, {@code w =
 * scale·FP8(q)}. Checkpoints keep the scales apart, one a tensor or one for 128 × 128 weights; here
 * every row has its own copy, so that a row is a run of blocks.
 */
final class Fp8Block128Codec implements BlockCodec {
  private static final int ELEMENTS = 128;
  private static final int QUANTS = Float.BYTES;

  private final Fp8 number;

  Fp8Block128Codec(Fp8 number) {
    this.number = number;
  }

  @Override
  public int blockElements() {
    return ELEMENTS;
  }

  @Override
  public int blockBytes() {
    return QUANTS + ELEMENTS;
  }

  @Override
  public void decode(MemorySegment source, long offset, float[] target, int targetOffset) {
    float scale = source.get(LittleEndian.FLOAT, offset);
    for (int i = 0; i < ELEMENTS; i++) {
      int bits = LittleEndian.unsignedByte(source, offset + QUANTS + i);
      target[targetOffset + i] = scale * number.toFloat(bits);
    }
  }

  @Override
  public void encode(float[] source, int sourceOffset, MemorySegment target, long offset) {
    float largest = Math.abs(Rounding.extreme(source, sourceOffset, ELEMENTS));
    float scale = largest / number.largest();
    float inverse = Rounding.inverse(scale);
    target.set(LittleEndian.FLOAT, offset, scale);
    for (int i = 0; i < ELEMENTS; i++) {
      int bits = number.fromFloat(source[sourceOffset + i] * inverse);
      LittleEndian.setByte(target, offset + QUANTS + i, bits);
    }
  }
}
