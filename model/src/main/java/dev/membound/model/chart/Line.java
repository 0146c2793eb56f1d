package dev.membound.model.chart;

import java.util.List;

/**
 * A line through points, or the outline of a shaded area.
 *
 * @param name entry in the legend; empty for none
 * @param label written along the line; empty for none
 * @param points pairs (x, y)
 */
public record Line(String name, Paint paint, Stroke stroke, String label, List<double[]> points) {

  /** How a line is drawn. */
  public enum Stroke {
    SOLID,
    THIN,
    DASHED,
    DOTTED
  }
}
