package dev.membound.kernels.levels;

import dev.membound.kernels.quant.QuantType;
import dev.membound.kernels.quant.SeparableCodec;

/**
 * Takes rows of one format apart. Its loops read by address: the caller knows that the columns lie
 * inside a matrix that stays open.
 */
public interface LevelDecoder {
  /**
   * Decodes columns.
   *
   * @param address of the first block
   * @param columns a multiple of the block, no more than {@code target} has room for
   * @param target receives the first column at index 0
   */
  void decode(long address, int columns, Levels target);

  /** Whether the format has minima. */
  default boolean hasMinima() {
    return false;
  }

  /** Whether a finite scale times a level can be infinite. */
  default boolean canOverflow() {
    return false;
  }

  /**
   * The decoder of a format: its own, or one that asks its codec.
   *
   * @throws IllegalArgumentException if its weights are no integers under scales
   */
  static LevelDecoder of(QuantType type) {
    return switch (type) {
      case F32, F16, BF16, FP8_E4M3_B128, FP8_E5M2_B128 ->
          throw new IllegalArgumentException(type + " has no levels");
      case Q8_0, Q4_0 -> throw new IllegalArgumentException(type + " is multiplied as it is");
      case Q4_1 -> new Q4_1Levels();
      case Q5_0 -> new FiveBitLevels(type, -16);
      case Q5_1 -> new FiveBitLevels(type, 0);
      case Q2_K -> new Q2_KLevels();
      case Q3_K -> new Q3_KLevels();
      case Q4_K -> new Q4_KLevels();
      case Q5_K -> new Q5_KLevels();
      case Q6_K -> new Q6_KLevels();
      case IQ4_NL -> new IQ4_NLLevels();
      case IQ4_XS -> new IQ4_XSLevels();
      case MXFP4 -> new MXFP4Levels();
      case NVFP4 -> new NVFP4Levels();
      case TQ1_0 -> new TQ1_0Levels();
      case TQ2_0 -> new TQ2_0Levels();
      case INT4_G128 -> new Int4Levels();
      case INT8_B128 -> new Int8Levels();
      default -> ofCodec(type);
    };
  }

  private static LevelDecoder ofCodec(QuantType type) {
    if (type.codec() instanceof SeparableCodec codec) {
      return new CodecLevels(codec);
    }
    throw new IllegalArgumentException(type + " has no levels");
  }
}
