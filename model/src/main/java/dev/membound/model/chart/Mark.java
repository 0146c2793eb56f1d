package dev.membound.model.chart;

import dev.membound.model.run.Interval;

/**
 * One point with its interval.
 *
 * @param y value, or the row of a {@link RowChart}
 * @param low, high ends of the interval, along y, in a {@link RowChart} along x
 * @param label short text beside the point where there is room; may be empty
 * @param tip text shown on pointing at it, lines separated by a line feed
 */
public record Mark(double x, double y, double low, double high, String label, String tip) {

  /** A point of an x–y chart whose y has an interval. */
  public static Mark at(double x, Interval y, String label, String tip) {
    return new Mark(x, y.median(), y.low(), y.high(), label, tip);
  }

  /** A point in a row of a {@link RowChart}. */
  public static Mark inRow(int row, Interval x, String tip) {
    return new Mark(x.median(), row, x.low(), x.high(), "", tip);
  }
}
