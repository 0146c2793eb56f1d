package dev.membound.kernels.levels;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Part of a row as integers under scales: the weight of column c is {@code scales[c/16]·levels[c] −
 * minima[c/16]}, in binary32 the codec's bits if they are finite. Room that is used again and
 * again.
 */
public final class Levels {
  /** Columns that share a scale and a minimum; formats with longer blocks repeat theirs. */
  public static final int GROUP = 16;

  /** Room after the last column: the longest vector of bytes, twice. */
  private static final int PADDING = 128;

  /** Above this a scale times a level may overflow. */
  private static final float LARGE_SCALE = 0x1p120f;

  private final byte[] levels;
  private final float[] scales;
  private final float[] minima;

  /**
   * @param columns most columns at a time
   */
  public Levels(int columns) {
    levels = new byte[columns + PADDING];
    scales = new float[columns / GROUP + PADDING];
    minima = new float[columns / GROUP + PADDING];
  }

  /** A signed integer a column. */
  public byte[] levels() {
    return levels;
  }

  /** A scale for every {@value #GROUP} columns. */
  public float[] scales() {
    return scales;
  }

  /** A minimum for every {@value #GROUP} columns; zeros in formats without. */
  public float[] minima() {
    return minima;
  }

  /** Makes the weights of the columns from {@code columns} on zero, as far as a vector reaches. */
  public void pad(int columns) {
    Arrays.fill(levels, columns, columns + PADDING, (byte) 0);
    Arrays.fill(scales, columns / GROUP, columns / GROUP + PADDING, 0);
    Arrays.fill(minima, columns / GROUP, columns / GROUP + PADDING, 0);
  }

  /**
   * Makes scales infinite where they make a weight infinite: a sum of levels would hide it.
   *
   * @return whether there are such scales
   */
  public boolean overflowed(int columns) {
    boolean overflowed = false;
    for (int first = 0; first < columns / GROUP; first += FLOATS) {
      // Most often none is large. What lies beyond the columns may be, and costs time alone.
      if (FloatVector.fromArray(FLOAT, scales, first)
          .abs()
          .compare(VectorOperators.GT, LARGE_SCALE)
          .anyTrue()) {
        overflowed |= overflowed(first, Math.min(first + FLOATS, columns / GROUP));
      }
    }
    return overflowed;
  }

  private boolean overflowed(int firstGroup, int endGroup) {
    boolean overflowed = false;
    for (int group = firstGroup; group < endGroup; group++) {
      float scale = scales[group];
      if (Math.abs(scale) > LARGE_SCALE && Float.isInfinite(scale * largestLevel(group))) {
        scales[group] = Float.POSITIVE_INFINITY;
        overflowed = true;
      }
    }
    return overflowed;
  }

  private int largestLevel(int group) {
    int largest = 0;
    for (int c = group * GROUP; c < (group + 1) * GROUP; c++) {
      largest = Math.max(largest, Math.abs(levels[c]));
    }
    return largest;
  }
}
