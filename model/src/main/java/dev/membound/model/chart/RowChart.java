package dev.membound.model.chart;

import java.util.List;

/**
 * A dot chart: one row a thing, values with intervals along x.
 *
 * @param rows from top to bottom
 * @param references vertical lines
 * @param sideBySide whether the series of a row stand beneath each other instead of on one line
 */
public record RowChart(
    Axis x, List<Row> rows, List<MarkSeries> series, List<Reference> references, boolean sideBySide)
    implements Chart {

  /** A row, or the heading of the rows that follow. */
  public record Row(String label, boolean heading) {

    /** Rows without headings. */
    public static List<Row> of(List<String> labels) {
      return labels.stream().map(label -> new Row(label, false)).toList();
    }
  }

  /** A labelled vertical line at {@code x}. */
  public record Reference(double x, String label) {}

  @Override
  public boolean nothingToDraw() {
    return series.stream().allMatch(points -> points.marks().isEmpty());
  }
}
