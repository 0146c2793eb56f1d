package dev.membound.kernels.gemv;

import dev.membound.kernels.quant.QuantType;
import dev.membound.kernels.quant.SeparableCodec;

/** Which loops make the packed kernel of a format of codes under scales. */
final class GroupedKernels {
  private static final int BLOCK = Int8Activations.BLOCK;
  private static final int TERNARY_ZERO = 1;
  private static final int MIDDLE_3_BITS = 4;
  private static final int MIDDLE_4_BITS = 8;
  private static final int MIDDLE_5_BITS = 16;

  private GroupedKernels() {}

  static GroupedPackedKernel create(QuantType type, int rows, int cols, int workers) {
    SeparableCodec codec = (SeparableCodec) type.codec();
    int unit = codec.blockElements();
    int words = codec.scaleWords();
    return switch (type) {
      case Q4_1 ->
          kernel(
              type,
              rows,
              cols,
              workers,
              new NibbleDots(cols, unit, words),
              new HalfMinimumScales(cols, MIDDLE_4_BITS));
      case Q5_0 ->
          kernel(
              type,
              rows,
              cols,
              workers,
              new FiveBitDots(cols, unit, words),
              new HalfScales(cols, 1, BLOCK));
      case Q5_1 ->
          kernel(
              type,
              rows,
              cols,
              workers,
              new FiveBitDots(cols, unit, words),
              new HalfMinimumScales(cols, MIDDLE_5_BITS));
      case Q4_K ->
          kernel(
              type,
              rows,
              cols,
              workers,
              new NibbleDots(cols, unit, words),
              new KMinimumScales(cols, MIDDLE_4_BITS));
      case Q5_K ->
          kernel(
              type,
              rows,
              cols,
              workers,
              new FiveBitDots(cols, unit, words),
              new KMinimumScales(cols, MIDDLE_5_BITS));
      case Q6_K ->
          kernel(
              type,
              rows,
              cols,
              workers,
              new SixBitDots(cols, unit, words),
              new ByteScales(cols, unit / 16, 16));
      case Q2_K ->
          kernel(
              type,
              rows,
              cols,
              workers,
              new TwoBitDots(0, cols, unit, words),
              new Q2_KScales(cols));
      case Q3_K ->
          kernel(
              type,
              rows,
              cols,
              workers,
              new ThreeBitDots(MIDDLE_3_BITS, cols, unit, words),
              new ByteScales(cols, unit / 16, 16));
      case TQ1_0, TQ2_0 ->
          kernel(
              type,
              rows,
              cols,
              workers,
              new TwoBitDots(TERNARY_ZERO, cols, unit, words),
              new HalfScales(cols, unit / 16, 16));
      case IQ4_NL ->
          kernel(
              type,
              rows,
              cols,
              workers,
              new Iq4Dots(cols, unit, BLOCK, words),
              new HalfScales(cols, 1, BLOCK));
      case IQ4_XS ->
          kernel(
              type,
              rows,
              cols,
              workers,
              new Iq4Dots(cols, unit, BLOCK, words),
              new ByteScales(cols, unit / BLOCK, BLOCK));
      case MXFP4 ->
          kernel(
              type,
              rows,
              cols,
              workers,
              new E2M1Dots(cols, unit, BLOCK, words),
              new E8M0Scales(cols));
      case NVFP4 ->
          kernel(
              type,
              rows,
              cols,
              workers,
              new E2M1Dots(cols, unit, UE4M3Scales.GROUP_COLUMNS, words),
              new UE4M3Scales(cols));
      case INT4_G128 ->
          kernel(
              type,
              rows,
              cols,
              workers,
              new NibbleDots(cols, unit, words),
              new ZeroPointScales(cols, unit / BLOCK, MIDDLE_4_BITS));
      default -> throw new IllegalArgumentException(type + " is not made of codes under scales");
    };
  }

  private static GroupedPackedKernel kernel(
      QuantType type, int rows, int cols, int workers, CodeDots dots, GroupScales scales) {
    return new GroupedPackedKernel(type, rows, cols, workers, dots, scales);
  }
}
