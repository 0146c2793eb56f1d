package dev.membound.model.chart;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * A chart as data; its JSON is all that the page's script needs to draw it in any theme and width.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "kind")
public sealed interface Chart permits XyChart, RowChart, BarChart {

  /** Whether there is nothing to draw. */
  boolean nothingToDraw();
}
