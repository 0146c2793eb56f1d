package dev.membound.kernels.gemv;

import dev.membound.kernels.provider.Species;

/**
 * Scales the integer sums of a unit's groups, and adds them to the rows of a tile.
 *
 * <p>Scales are read as int lanes: the lower 16 bits of lane r belong to row r of the tile, the
 * upper to row r + {@link Species#FLOATS}. One loop serves both halves: the shift left that brings
 * a half's 16 bits to the top of the lane is 16 for the lower, 0 for the upper.
 */
abstract class GroupScales {
  /** What a half widened by {@link HalfWidening} is multiplied by to be the same number again. */
  static final float HALF_UNIT = 0x1p112f;

  /** Groups of a unit. */
  final int groups;

  /** The activations' scale, one a group. */
  final float[] scales;

  /** The activations' scale times the sum of their quants, one a group. */
  final float[] scaledSums;

  private final int groupColumns;

  GroupScales(int cols, int groups, int groupColumns) {
    this.groups = groups;
    this.groupColumns = groupColumns;
    scales = new float[cols / groupColumns];
    scaledSums = new float[cols / groupColumns];
  }

  final void prepare(Int8Activations activations) {
    for (int group = 0; group < scales.length; group++) {
      int from = group * groupColumns;
      float scale = activations.scales[from / Int8Activations.BLOCK];
      int sum = 0;
      for (int i = from; i < from + groupColumns; i++) {
        sum += activations.quants[i];
      }
      scales[group] = scale;
      scaledSums[group] = scale * sum;
    }
  }

  /**
   * Adds one unit of a tile.
   *
   * @param words the unit's scale words from {@code wordsFrom}: a vector of ints for each word
   * @param unit counted from column 0
   * @param dots what {@link CodeDots} left, from {@code dotsFrom}
   * @param sums read and written from {@code row}
   */
  abstract void add(
      int[] words, int wordsFrom, int unit, int[] dots, int dotsFrom, float[] sums, int row);
}
