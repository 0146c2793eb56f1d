package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * The scalar reference of one block format: its shape, and what a block's bytes mean. Decoders are
 * bit-exact to ggml's {@code dequantize_row_*}; encoders follow its {@code quantize_row_*_ref}.
 *
 * <p>Scales are taken as they are: a zero scale decodes to zeros, an infinite or NaN scale to
 * non-finite weights.
 */
public interface BlockCodec {
  /** Weights in a block. */
  int blockElements();

  /** Bytes of a block in a GGUF file. */
  int blockBytes();

  /**
   * Decodes one block.
   *
   * @param source holds the block's bytes from {@code offset}, any alignment
   * @param target receives {@link #blockElements()} floats from {@code targetOffset}
   */
  void decode(MemorySegment source, long offset, float[] target, int targetOffset);

  /**
   * Encodes one block.
   *
   * @param source {@link #blockElements()} finite floats from {@code sourceOffset}
   * @param target receives the block's bytes from {@code offset}
   */
  void encode(float[] source, int sourceOffset, MemorySegment target, long offset);
}
