package dev.membound.model.report.chart;

import java.util.List;

/**
 * A dot chart: one row a thing, values with intervals along x.
 *
 * @param rows labels from top to bottom
 * @param references vertical lines
 */
public record RowChart(
    Axis x, List<String> rows, List<MarkSeries> series, List<Reference> references)
    implements Chart {

  /** A labelled vertical line at {@code x}. */
  public record Reference(double x, String label) {}

  @Override
  public boolean nothingToDraw() {
    return series.stream().allMatch(points -> points.marks().isEmpty());
  }
}
