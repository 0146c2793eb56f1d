package dev.membound.model.cost;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A sum and its parts.
 *
 * @param unit of all of them: {@code USD} or {@code kg CO2e}
 * @param parts by name
 */
public record Breakdown(String unit, Map<String, Double> parts) {

  public Breakdown {
    parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
  }

  /** All parts. */
  public double total() {
    return parts.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /**
   * Both together.
   *
   * @throws IllegalArgumentException for another unit
   */
  public Breakdown plus(Breakdown other) {
    if (!unit.equals(other.unit)) {
      throw new IllegalArgumentException("cannot add " + other.unit + " to " + unit);
    }
    Map<String, Double> sum = new LinkedHashMap<>(parts);
    other.parts.forEach((name, value) -> sum.merge(name, value, Double::sum));
    return new Breakdown(unit, sum);
  }
}
