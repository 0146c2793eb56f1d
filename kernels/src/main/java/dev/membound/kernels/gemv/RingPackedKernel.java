package dev.membound.kernels.gemv;

import dev.membound.kernels.quant.QuantType;

/**
 * A packed kernel that multiplies the fields of a word without masking them apart, as {@link
 * NibbleRing} does with nibbles. With fields of widths b₀, b₁ … at shifts s₀ = 0, s₁ …, and
 * coefficients {@code c₀ = x₀}, {@code cₖ = xₖ − 2^b₍ₖ₋₁₎·xₖ₋₁}, the sum {@code Σ cₖ·(v >>> sₖ)} is
 * {@code Σ xₖ·fₖ} modulo 2¹⁶. A field that is bits b … of a code counts {@code 2ᵇ·x}.
 *
 * <p>A 16-bit sum runs over as many columns as cannot overflow it: codes of n bits less their
 * middle, times 127, stay below 2¹⁵ over {@code 256 / 2^(n−1)} columns.
 */
abstract class RingPackedKernel extends GroupedPackedKernel {
  /** What each field of each word is multiplied by, in both halves of an int. */
  final int[] coefficients;

  /** Where each 16-bit sum starts, in both halves of an int. */
  final int[] start;

  private final FieldCoefficients fields;
  private final int sumColumns;
  private final int offset;

  /**
   * @param fields what a word's fields are multiplied by
   * @param groupColumns columns that share a scale
   * @param sumColumns columns of a 16-bit sum
   * @param offset what a stored code exceeds the factor that is summed by
   */
  RingPackedKernel(
      QuantType type,
      int rows,
      int cols,
      FieldCoefficients fields,
      int groupColumns,
      int sumColumns,
      int offset) {
    super(type, rows, cols, groupColumns);
    this.fields = fields;
    this.sumColumns = sumColumns;
    this.offset = offset;
    coefficients = new int[fields.count(cols)];
    start = new int[cols / sumColumns];
  }

  @Override
  final void prepare(int[] quants) {
    fields.fill(quants, coefficients);
    for (int i = 0; i < start.length; i++) {
      start[i] =
          FieldCoefficients.pair(-offset * VectorMath.sum(quants, i * sumColumns, sumColumns));
    }
  }
}
