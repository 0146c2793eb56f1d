package dev.membound.kernels.gemv;

import java.lang.foreign.MemorySegment;

/**
 * Multiplies the codes of a unit of two tiles by 8-bit activations, exactly in integers: one sum a
 * row and group of columns.
 */
interface CodeDots {
  /** Groups of a unit. */
  int groups();

  /** Brings the quantized activations of all columns into the form that the loop reads. */
  void prepare(int[] quants);

  /**
   * Multiplies a unit.
   *
   * @param a first byte of the unit in one tile
   * @param b first byte of the unit in the other
   * @param unit counted from column 0
   * @param sums receives a vector of ints for each group and half of the first tile's rows: group
   *     0's lower half, its upper half, group 1's lower half, and so on
   * @param sumsOfB where in {@code sums} the other tile's start
   */
  void multiply(MemorySegment w, long a, long b, int unit, int[] sums, int sumsOfB);
}
