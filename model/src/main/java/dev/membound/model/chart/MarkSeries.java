package dev.membound.model.chart;

import java.util.List;

/**
 * Points that share a meaning, a colour and a shape; an empty name keeps them out of the legend.
 */
public record MarkSeries(String name, Paint paint, Symbol symbol, List<Mark> marks) {

  /** Shapes that stay apart in print; {@code RING} is a hollow circle. */
  public enum Symbol {
    CIRCLE,
    DIAMOND,
    SQUARE,
    TRIANGLE,
    RING
  }

  /** Shape of the n-th series, again from the first when they run out. */
  public static Symbol symbol(int n) {
    return Symbol.values()[n % Symbol.values().length];
  }
}
