package dev.membound.model.explore;

import dev.membound.model.cost.Metric;
import java.util.Arrays;

/**
 * A design with its metrics, best estimates.
 *
 * @param index in the design space
 * @param values by {@link Metric#ordinal()}
 */
public record DesignPoint(long index, double[] values) {

  /** One metric. */
  public double value(Metric metric) {
    return values[metric.ordinal()];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DesignPoint point
        && index == point.index
        && Arrays.equals(values, point.values);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(index) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "DesignPoint[" + index + ", " + Arrays.toString(values) + "]";
  }
}
