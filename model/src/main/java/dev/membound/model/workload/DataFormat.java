package dev.membound.model.workload;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * How numbers are stored, scales included. Formats of GGUF have the block sizes of ggml ({@code
 * ggml-common.h}); a matrix is whole blocks.
 */
public enum DataFormat {
  F32(1, 4),
  F16(1, 2),
  BF16(1, 2),
  /** E4M3 of Micikevicius et al., arXiv 2209.05433, with a scale a tensor. */
  FP8(1, 1),
  FP8_E5M2(1, 1),
  /** E4M3 with an F32 scale every 128: DeepSeek's activations, indexer keys and latent vectors. */
  FP8_G128(128, 132),
  /** E4M3 with a power of two (E8M0) as scale every 128. */
  FP8_G128_E8M0(128, 129),
  /** A scale a row, which is not counted. */
  INT8(1, 1),
  /** GPTQ and AWQ with groups of 128: an F16 scale and a 4-bit zero a group, 4.15625 bit. */
  INT4_G128(256, 133),
  /** E2M1 without scales: the arithmetic of many published sizes. */
  FP4(2, 1),
  /** E2M1 with an E8M0 scale every 32: OCP Microscaling Formats 1.0. */
  MXFP4(32, 17),
  /** E2M1 with an E4M3 scale every 16. */
  NVFP4(64, 36),

  Q4_0(32, 18),
  Q4_1(32, 20),
  Q5_0(32, 22),
  Q5_1(32, 24),
  Q8_0(32, 34),
  Q8_1(32, 36),
  Q2_K(256, 84),
  Q3_K(256, 110),
  Q4_K(256, 144),
  Q5_K(256, 176),
  Q6_K(256, 210),
  Q8_K(256, 292),
  IQ1_S(256, 50),
  IQ1_M(256, 56),
  IQ2_XXS(256, 66),
  IQ2_XS(256, 74),
  IQ2_S(256, 82),
  IQ3_XXS(256, 98),
  IQ3_S(256, 110),
  IQ4_NL(32, 18),
  IQ4_XS(256, 136),
  TQ1_0(256, 54),
  TQ2_0(256, 66),
  Q1_0(128, 18),
  Q2_0(64, 18);

  private final int blockElements;
  private final int blockBytes;

  DataFormat(int blockElements, int blockBytes) {
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /**
   * Bytes of {@code elements} numbers, rounded up to whole blocks.
   *
   * @throws ArithmeticException beyond 64 bits
   */
  public long bytes(long elements) {
    return Math.multiplyExact(Math.ceilDiv(elements, blockElements), (long) blockBytes);
  }

  /** Bits a number, scales included: 8.5 for Q8_0, 4.5 for Q4_0. */
  public double bitsPerElement() {
    return 8.0 * blockBytes / blockElements;
  }

  /** Format of norms and biases beside matrices of this format: narrow ones keep them in F32. */
  public DataFormat vectorFormat() {
    return blockElements == 1 && blockBytes > 1 ? this : F32;
  }

  /**
   * Formats that an engine unpacks alike: one that streams Q4_0 by widening it on the fly can do so
   * with every block format, one that streams FP8 with every FP8.
   */
  public Set<DataFormat> unpackedAlike() {
    EnumSet<DataFormat> eights = EnumSet.of(FP8, FP8_E5M2, FP8_G128, FP8_G128_E8M0);
    if (eights.contains(this)) {
      return eights;
    }
    return blockElements == 1 ? EnumSet.of(this) : EnumSet.complementOf(plainOr(eights));
  }

  private static EnumSet<DataFormat> plainOr(EnumSet<DataFormat> eights) {
    EnumSet<DataFormat> plain = EnumSet.of(F32, F16, BF16, INT8);
    plain.addAll(eights);
    return plain;
  }

  /**
   * Format of rotary keys beside latent vectors of this format: with a scale every 128 they stay in
   * BF16, as in the 656 B a token of FlashMLA (512 E4M3, 4 scales, 64 BF16).
   */
  DataFormat rotaryFormat() {
    return this == FP8_G128 || this == FP8_G128_E8M0 ? BF16 : this;
  }

  /**
   * The format that a kernel measured under {@code name} streams. Measurements name types of the
   * kernels, some of which differ from a format here by where their scales stand.
   *
   * @return empty for what is no format, as the probes' raw bytes
   */
  public static Optional<DataFormat> measured(String name) {
    String known =
        switch (name) {
          case "FP8_E4M3", "FP8_E4M3_B128" -> "FP8";
          case "FP8_E5M2_B128" -> "FP8_E5M2";
          case "INT8_B128" -> "INT8";
          default -> name;
        };
    return Arrays.stream(values()).filter(format -> format.name().equals(known)).findFirst();
  }

  /**
   * The format called {@code name}, in any case, with - for _, and fp16 for F16.
   *
   * @throws IllegalArgumentException naming the formats when there is none
   */
  public static DataFormat of(String name) {
    String wanted = name.toUpperCase(Locale.ROOT).replace('-', '_');
    String known =
        switch (wanted) {
          case "FP32" -> "F32";
          case "FP16" -> "F16";
          case "FP8_E4M3" -> "FP8";
          case "INT4" -> "INT4_G128";
          default -> wanted;
        };
    return Arrays.stream(values())
        .filter(format -> format.name().equals(known))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown data format '" + name + "'; known are " + Arrays.toString(values())));
  }
}
