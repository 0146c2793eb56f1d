package dev.membound.model.chart;

import java.util.List;

/** Lines and points over two numeric axes. */
public record XyChart(Axis x, Axis y, List<Line> lines, List<MarkSeries> series) implements Chart {

  @Override
  public boolean nothingToDraw() {
    return lines.stream().allMatch(line -> line.points().isEmpty())
        && series.stream().allMatch(points -> points.marks().isEmpty());
  }
}
