package dev.membound.model.study;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Line;
import dev.membound.model.chart.Line.Stroke;
import dev.membound.model.chart.Mark;
import dev.membound.model.chart.MarkSeries;
import dev.membound.model.chart.Paint;
import dev.membound.model.chart.XyChart;
import java.util.ArrayList;
import java.util.List;

/**
 * Points joined by a line, under a name in the legend.
 *
 * @param unit of the values, for the text shown on pointing at one
 * @param points pairs (x, y)
 */
record Curve(String name, String unit, List<double[]> points) {

  /** Several of them over the same axes, each in its own colour and shape. */
  static XyChart chart(Axis x, Axis y, List<Curve> curves) {
    return chart(x, y, curves, List.of());
  }

  /** The same with other lines, say levels to compare with. */
  static XyChart chart(Axis x, Axis y, List<Curve> curves, List<Line> others) {
    List<Line> lines = new ArrayList<>();
    List<MarkSeries> series = new ArrayList<>();
    for (int i = 0; i < curves.size(); i++) {
      Curve curve = curves.get(i);
      Paint paint = Paint.series(i);
      lines.add(new Line("", paint, Stroke.SOLID, "", curve.points));
      series.add(new MarkSeries(curve.name, paint, MarkSeries.symbol(i), curve.marks()));
    }
    lines.addAll(others);
    return new XyChart(x, y, lines, series);
  }

  /** A dashed horizontal line with a text along it. */
  static Line level(String label, double y, double fromX, double toX) {
    return new Line(
        "",
        Paint.MUTED,
        Stroke.DASHED,
        label,
        List.of(new double[] {fromX, y}, new double[] {toX, y}));
  }

  private List<Mark> marks() {
    return points.stream()
        .map(
            p ->
                new Mark(
                    p[0],
                    p[1],
                    p[1],
                    p[1],
                    "",
                    name + "\n" + Claim.text(p[0], "") + ": " + Claim.text(p[1], unit)))
        .toList();
  }
}
