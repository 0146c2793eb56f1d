package dev.membound.kernels.quant;

/**
 * The weight formats: GGUF type id and the codec that is their scalar reference. A new format is
 * one codec and one constant here.
 *
 * <p>Block shapes and ids: ggml {@code src/ggml-common.h} and {@code include/ggml.h}.
 */
public enum QuantType {
  F32(0, new F32Codec()),
  F16(1, new F16Codec()),
  BF16(30, new BF16Codec()),
  Q8_0(8, new Q8_0Codec()),
  Q4_0(2, new Q4_0Codec());

  private final int ggufId;
  private final BlockCodec codec;

  QuantType(int ggufId, BlockCodec codec) {
    this.ggufId = ggufId;
    this.codec = codec;
  }

  /**
   * The type with this id in a GGUF file.
   *
   * @throws IllegalArgumentException if ggml has removed the type, or Membound has no codec for it
   */
  public static QuantType fromGgufId(int id) {
    for (QuantType type : values()) {
      if (type.ggufId == id) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        switch (id) {
          case 4, 5, 31, 32, 33, 36, 37, 38 ->
              "GGUF type "
                  + id
                  + " was removed from ggml (Q4_2, Q4_3 or a repacked type): convert the model"
                  + " again from its original weights";
          default -> "GGUF type " + id + " is not supported";
        });
  }

  /** The type's id in a GGUF file. */
  public int ggufId() {
    return ggufId;
  }

  /** The scalar reference of this format. */
  public BlockCodec codec() {
    return codec;
  }

  /** Weights in a block. */
  public int blockElements() {
    return codec.blockElements();
  }

  /** Bytes of a block in a GGUF file. */
  public int blockBytes() {
    return codec.blockBytes();
  }

  /** Stored bits a weight, scales included. */
  public double bitsPerWeight() {
    return 8.0 * blockBytes() / blockElements();
  }

  /**
   * Bytes of a row of {@code cols} weights in a GGUF file.
   *
   * @throws IllegalArgumentException if {@code cols} is not a positive multiple of the block
   */
  public long rowBytes(int cols) {
    if (cols < 1 || cols % blockElements() != 0) {
      throw new IllegalArgumentException(
          "a "
              + this
              + " row needs a positive multiple of "
              + blockElements()
              + " columns, not "
              + cols);
    }
    return (long) (cols / blockElements()) * blockBytes();
  }
}
