package dev.membound.model.chart;

import java.util.List;

/**
 * Stacked bars.
 *
 * @param value axis along the bars
 * @param categories one a bar
 * @param horizontal bars lie, with categories from top to bottom; otherwise they stand
 */
public record BarChart(
    Axis value, String categoryName, List<String> categories, List<Bars> series, boolean horizontal)
    implements Chart {

  /**
   * One layer of the stack.
   *
   * @param segments one a category; null where the category has none
   */
  public record Bars(String name, Paint paint, List<Segment> segments) {}

  /**
   * @param label text inside the segment where there is room; may be empty
   */
  public record Segment(double value, String label, String tip) {}

  @Override
  public boolean nothingToDraw() {
    return categories.isEmpty() || series.isEmpty();
  }
}
