package dev.membound.kernels.quant;

/**
 * The weight formats: GGUF type id, block shape, and the codec that is their scalar reference.
 *
 * <p>Block shapes and ids: ggml {@code src/ggml-common.h} and {@code include/ggml.h}.
 */
public enum QuantType {
  F32(0, 1, 4);

  private final int ggufId;
  private final int blockElements;
  private final int blockBytes;

  QuantType(int ggufId, int blockElements, int blockBytes) {
    this.ggufId = ggufId;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** The type's id in a GGUF file. */
  public int ggufId() {
    return ggufId;
  }

  /** Weights in a block. */
  public int blockElements() {
    return blockElements;
  }

  /** Bytes of a block in a GGUF file. */
  public int blockBytes() {
    return blockBytes;
  }
}
