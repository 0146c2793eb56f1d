package dev.membound.kernels.levels;

import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The scales of formats that have them as bytes, as their codecs read them. */
final class ScaleTable {
  private static final int BYTES = 256;

  /** Code of level 1 in {@link dev.membound.kernels.quant.CodeBook#E2M1_DOUBLED}. */
  private static final byte ONE = 1;

  private ScaleTable() {}

  /** What level 1 weighs under each scale byte, which must be a block's first. */
  static float[] of(QuantType type) {
    float[] scales = new float[BYTES];
    float[] weights = new float[type.blockElements()];
    MemorySegment block = MemorySegment.ofArray(new byte[type.blockBytes()]);
    block.fill(ONE);
    for (int bits = 0; bits < BYTES; bits++) {
      block.set(ValueLayout.JAVA_BYTE, 0, (byte) bits);
      type.codec().decode(block, 0, weights, 0);
      scales[bits] = weights[0];
    }
    return scales;
  }
}
