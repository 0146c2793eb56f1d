package dev.membound.model.explore;

import dev.membound.model.cost.Metric;

/**
 * A metric with the way that is wanted.
 *
 * @param maximise else the least is best
 */
public record Objective(Metric metric, boolean maximise) {

  /** {@code max tokens_per_second}. */
  public String label() {
    return (maximise ? "max " : "min ") + metric.key();
  }
}
