package dev.membound.model.cost;

import dev.membound.model.energy.EnergyBreakdown;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.run.Interval;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a system turns into tokens.
 *
 * @param metrics all of them, 90 % intervals
 * @param clock share of the full clock that the power cap leaves, best estimate
 * @param energy of one step while it works, best estimate
 * @param dollars of one step with its share of idle time, best estimate
 * @param carbon likewise
 * @param ledger what lies where; metrics are given even when it does not fit
 * @param provenance what stands behind the numbers used, weakest first
 * @param notes what was built up or continued beyond its range, and where the times leave theirs
 */
public record Efficiency(
    Map<Metric, Interval> metrics,
    double clock,
    EnergyBreakdown energy,
    Breakdown dollars,
    Breakdown carbon,
    CapacityLedger ledger,
    List<Provenance> provenance,
    List<String> notes) {

  public Efficiency {
    metrics = Collections.unmodifiableMap(new EnumMap<>(metrics));
  }

  /** One metric. */
  public Interval get(Metric metric) {
    return metrics.get(metric);
  }
}
