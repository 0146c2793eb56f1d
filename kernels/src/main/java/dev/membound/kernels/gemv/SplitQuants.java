package dev.membound.kernels.gemv;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Activations' quants taken apart into {@code 16·high + low}, both −8 to 8, as factors of the four
 * levels that lie in a pair of 16-bit words: IQ4's levels have 8 bits, so that a 16-bit sum over 32
 * columns (127 · 8 · 32 is below 2¹⁵) holds products with half a quant only. Each half has factors
 * as {@link FieldCoefficients#ofLevels} makes them, and a start that takes the levels' offset back.
 * Both halves are in one array, so that a kernel's loop needs one pointer, and one check of it.
 */
final class SplitQuants {
  /** Columns of a sum. */
  private static final int SUM_COLUMNS = 32;

  private static final int HALF_BITS = 4;
  private static final int ROUNDING = 1 << (HALF_BITS - 1);

  /** Factors of a word: four for the low halves, four for the high ones. */
  static final int WORD_FACTORS = 8;

  private static final int LEVELS = WORD_FACTORS / 2;
  private static final VectorSpecies<Integer> FOUR = IntVector.SPECIES_128;

  final int[] factors;

  /** Two a sum: the low halves' and the high ones'. */
  final int[] start;

  private final int[] low;
  private final int[] high;
  private final int[] halfFactors;
  private final FieldCoefficients coefficients = FieldCoefficients.ofLevels();

  SplitQuants(int cols) {
    low = new int[cols];
    high = new int[cols];
    halfFactors = new int[cols];
    factors = new int[2 * cols];
    start = new int[2 * cols / SUM_COLUMNS];
  }

  void fill(int[] quants) {
    for (int i = 0; i < low.length; i++) {
      high[i] = quants[i] + ROUNDING >> HALF_BITS;
      low[i] = quants[i] - (high[i] << HALF_BITS);
    }
    fill(low, 0);
    fill(high, 1);
  }

  private void fill(int[] half, int which) {
    coefficients.fill(half, halfFactors);
    for (int word = 0; word < half.length / LEVELS; word++) {
      IntVector.fromArray(FOUR, halfFactors, word * LEVELS)
          .intoArray(factors, word * WORD_FACTORS + which * LEVELS);
    }
    for (int sum = 0; sum < half.length / SUM_COLUMNS; sum++) {
      int total = VectorMath.sum(half, sum * SUM_COLUMNS, SUM_COLUMNS);
      start[2 * sum + which] = FieldCoefficients.pair(-LevelTables.IQ4_OFFSET * total);
    }
  }
}
