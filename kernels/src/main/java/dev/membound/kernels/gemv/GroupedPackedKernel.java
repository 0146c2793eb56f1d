package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.SHORT;

import dev.membound.kernels.matrix.CodeWords;
import dev.membound.kernels.quant.QuantType;

/**
 * A packed kernel for blocks of codes under scales, with 8-bit activations: exact integer dots over
 * a group of columns that shares a scale, then the scales. A 16-bit lane is a row; a group's 16-bit
 * sums are widened to two vectors, the rows of the lower and of the upper half of the tile.
 *
 * <p>Fields of a word are multiplied without being masked apart, as {@link NibbleRing} does with
 * nibbles. With fields of widths b₀, b₁ … at shifts s₀ = 0, s₁ …, and coefficients {@code c₀ = x₀},
 * {@code cₖ = xₖ − 2^b₍ₖ₋₁₎·xₖ₋₁}, the sum {@code Σ cₖ·(v >>> sₖ)} is {@code Σ xₖ·fₖ} modulo 2¹⁶. A
 * field that is bits b … of a code counts {@code 2ᵇ·x}.
 *
 * <p>A 16-bit sum runs over as many columns as cannot overflow it: codes of n bits less their
 * middle, times 127, stay below 2¹⁵ over {@code 256 / 2^(n−1)} columns.
 *
 * <p>Everything stays in registers until the panel ends. To leave the integer sums of a block in an
 * array and scale them in a loop of their own halved the bandwidth: a load whose lower 12 address
 * bits are those of a store that still waits for its data waits too.
 */
abstract class GroupedPackedKernel extends PackedKernel {
  static final int VECTOR_BYTES = SHORT.vectorByteSize();

  /** What each field of each word is multiplied by, in both halves of an int. */
  final int[] coefficients;

  /** Where each 16-bit sum starts, in both halves of an int. */
  final int[] start;

  /** The activations' scale, one a group. */
  final float[] scales;

  /** The activations' scale times the sum of their quants, one a group. */
  final float[] scaledSums;

  private final Int8Activations activations;
  private final CodeWords codeWords;
  private final int groupColumns;
  private final int sumColumns;
  private final int offset;

  /**
   * @param codeWords how codes fill words
   * @param groupColumns columns that share a scale
   * @param sumColumns columns of a 16-bit sum
   * @param offset what a stored code exceeds the factor that is summed by
   */
  GroupedPackedKernel(
      QuantType type,
      int rows,
      int cols,
      CodeWords codeWords,
      int groupColumns,
      int sumColumns,
      int offset) {
    super(type, rows, cols);
    this.codeWords = codeWords;
    this.groupColumns = groupColumns;
    this.sumColumns = sumColumns;
    this.offset = offset;
    activations = new Int8Activations(cols);
    coefficients = new int[cols / codeWords.runCodes() * codeWords.runWords() * codeWords.fields()];
    start = new int[cols / sumColumns];
    scales = new float[cols / groupColumns];
    scaledSums = new float[cols / groupColumns];
  }

  @Override
  public final ActivationPath activationPath() {
    return ActivationPath.INT8;
  }

  @Override
  public final void prepare(float[] x) {
    activations.quantize(x);
    int[] quants = activations.quants;
    fillCoefficients(codeWords, quants, coefficients);
    for (int i = 0; i < start.length; i++) {
      start[i] = FieldCoefficients.pair(-offset * sum(quants, i * sumColumns, sumColumns));
    }
    for (int group = 0; group < scales.length; group++) {
      int from = group * groupColumns;
      scales[group] = activations.scales[from / Int8Activations.BLOCK];
      scaledSums[group] = scales[group] * sum(quants, from, groupColumns);
    }
  }

  void fillCoefficients(CodeWords codeWords, int[] quants, int[] coefficients) {
    FieldCoefficients.fill(codeWords, quants, coefficients);
  }

  private static int sum(int[] quants, int from, int count) {
    int sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += quants[i];
    }
    return sum;
  }
}
