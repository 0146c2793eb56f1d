package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * The scalar reference of one block format: what a block's bytes mean. Decoders are bit-exact to
 * ggml's {@code dequantize_row_*}; encoders follow its {@code quantize_row_*_ref}.
 */
public interface BlockCodec {
  /**
   * Decodes one block.
   *
   * @param source holds the block's bytes from {@code offset}, any alignment
   * @param target receives {@link QuantType#blockElements()} floats from {@code targetOffset}
   */
  void decode(MemorySegment source, long offset, float[] target, int targetOffset);

  /**
   * Encodes one block.
   *
   * @param source {@link QuantType#blockElements()} finite floats from {@code sourceOffset}
   * @param target receives the block's bytes from {@code offset}
   */
  void encode(float[] source, int sourceOffset, MemorySegment target, long offset);
}
