package dev.membound.model.energy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Energy over some time, by component.
 *
 * @param seconds the time
 * @param joules by component, at the wall in all
 */
public record EnergyBreakdown(double seconds, Map<Component, Double> joules) {

  public EnergyBreakdown {
    joules = Collections.unmodifiableMap(new LinkedHashMap<>(joules));
  }

  /** All components. */
  public double totalJoules() {
    return joules.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Average power at the wall; 0 over no time. */
  public double watts() {
    return seconds == 0 ? 0 : totalJoules() / seconds;
  }

  /** One after the other. */
  public EnergyBreakdown plus(EnergyBreakdown other) {
    Map<Component, Double> sum = new LinkedHashMap<>(joules);
    other.joules.forEach((component, energy) -> sum.merge(component, energy, Double::sum));
    return new EnergyBreakdown(seconds + other.seconds, sum);
  }
}
