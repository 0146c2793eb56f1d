package dev.membound.kernels.quant;

import java.util.OptionalInt;

/**
 * The weight formats: GGUF type id, if GGUF has the format, and the codec that is their scalar
 * reference. A new format is one codec and one constant here; kernels make it fast
 * (docs/extending.md).
 *
 * <p>Block shapes and ids: ggml {@code src/ggml-common.h} and {@code include/ggml.h}. Formats whose
 * scales a checkpoint keeps in a tensor of their own are held here as blocks that carry them.
 */
public enum QuantType {
  F32(0, new F32Codec()),
  F16(1, new F16Codec()),
  BF16(30, new BF16Codec()),
  Q8_0(8, new Q8_0Codec()),
  Q4_0(2, new Q4_0Codec()),
  Q4_1(3, new Q4_1Codec()),
  Q5_0(6, new Q5_0Codec()),
  Q5_1(7, new Q5_1Codec()),
  Q2_K(10, new Q2_KCodec()),
  Q3_K(11, new Q3_KCodec()),
  Q4_K(12, new Q4_KCodec()),
  Q5_K(13, new Q5_KCodec()),
  Q6_K(14, new Q6_KCodec()),
  IQ4_NL(20, new IQ4_NLCodec()),
  IQ4_XS(23, new IQ4_XSCodec()),
  TQ1_0(34, new TQ1_0Codec()),
  TQ2_0(35, new TQ2_0Codec()),
  MXFP4(39, new MXFP4Codec()),
  NVFP4(40, new NVFP4Codec()),
  /** FP8 E4M3 with per-tensor or 128 × 128 block scales. */
  FP8_E4M3_B128(new Fp8Block128Codec(Fp8.E4M3)),
  /** FP8 E5M2 with per-tensor or 128 × 128 block scales. */
  FP8_E5M2_B128(new Fp8Block128Codec(Fp8.E5M2)),
  /** 8-bit integers with a scale an output channel. */
  INT8_B128(new Int8Block128Codec()),
  /** 4-bit integers with a scale and a zero point for every 128 inputs: AWQ and GPTQ. */
  INT4_G128(new Int4Group128Codec());

  private static final int NOT_IN_GGUF = -1;

  private final int ggufId;
  private final BlockCodec codec;

  QuantType(BlockCodec codec) {
    this(NOT_IN_GGUF, codec);
  }

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
      if (type.ggufId == id && id != NOT_IN_GGUF) {
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

  /** The type's id in a GGUF file; empty if GGUF does not have it. */
  public OptionalInt ggufId() {
    return ggufId == NOT_IN_GGUF ? OptionalInt.empty() : OptionalInt.of(ggufId);
  }

  /** The scalar reference of this format. */
  public BlockCodec codec() {
    return codec;
  }

  /** Weights in a block. */
  public int blockElements() {
    return codec.blockElements();
  }

  /** Bytes of a stored block. */
  public int blockBytes() {
    return codec.blockBytes();
  }

  /** Stored bits a weight, scales included. */
  public double bitsPerWeight() {
    return 8.0 * blockBytes() / blockElements();
  }

  /**
   * Bytes of a row of {@code cols} weights as stored: blocks one after the other.
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
