package dev.membound.kernels.gemv;

/**
 * Activations' quants taken apart into {@code 16·high + low}, both −8 to 8, as factors of the four
 * levels that lie in a pair of 16-bit words: IQ4's levels have 8 bits, so that a 16-bit sum over 32
 * columns (127 · 8 · 32 is below 2¹⁵) holds products with half a quant only. Each half has factors
 * as {@link LevelTables#fillCoefficients} lays them out, and a start that takes the levels' offset
 * back.
 */
final class SplitQuants {
  /** Columns of a sum. */
  private static final int SUM_COLUMNS = 32;

  private static final int HALF_BITS = 4;
  private static final int ROUNDING = 1 << (HALF_BITS - 1);

  final int[] lowFactors;
  final int[] highFactors;
  final int[] lowStart;
  final int[] highStart;

  private final int[] low;
  private final int[] high;

  SplitQuants(int cols) {
    low = new int[cols];
    high = new int[cols];
    lowFactors = new int[cols];
    highFactors = new int[cols];
    lowStart = new int[cols / SUM_COLUMNS];
    highStart = new int[cols / SUM_COLUMNS];
  }

  void fill(int[] quants) {
    for (int i = 0; i < low.length; i++) {
      high[i] = quants[i] + ROUNDING >> HALF_BITS;
      low[i] = quants[i] - (high[i] << HALF_BITS);
    }
    fill(low, lowFactors, lowStart);
    fill(high, highFactors, highStart);
  }

  private static void fill(int[] half, int[] factors, int[] start) {
    LevelTables.fillCoefficients(half, factors);
    for (int i = 0; i < start.length; i++) {
      int sum = GroupedPackedKernel.sum(half, i * SUM_COLUMNS, SUM_COLUMNS);
      start[i] = FieldCoefficients.pair(-LevelTables.IQ4_OFFSET * sum);
    }
  }
}
