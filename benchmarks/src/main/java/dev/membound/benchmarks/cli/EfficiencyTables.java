package dev.membound.benchmarks.cli;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.cost.Breakdown;
import dev.membound.model.cost.Efficiency;
import dev.membound.model.cost.Metric;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Energy, cost and carbon as tables. */
final class EfficiencyTables {
  private EfficiencyTables() {}

  /** Every metric with its interval. */
  static DataTable metrics(Efficiency efficiency) {
    return new DataTable(
        "energy, cost, carbon",
        List.of(
            Column.text("metric"),
            Column.text("unit"),
            Column.value("best"),
            Column.value("low"),
            Column.value("high")),
        Arrays.stream(Metric.values())
            .map(
                metric ->
                    row(
                        label(metric),
                        metric.unit(),
                        efficiency.get(metric).median(),
                        efficiency.get(metric).low(),
                        efficiency.get(metric).high()))
            .toList());
  }

  private static String label(Metric metric) {
    String name = metric.key().replace('_', ' ');
    return metric == Metric.DEVICE_WATTS ? name + ", all devices" : name;
  }

  /** Energy of a step by component. */
  static DataTable energy(Efficiency efficiency) {
    double total = efficiency.energy().totalJoules();
    return new DataTable(
        "energy of a step",
        List.of(Column.text("component"), Column.number("energy", "J"), Column.percent("share")),
        efficiency.energy().joules().entrySet().stream()
            .map(e -> row(e.getKey().name(), e.getValue(), 100 * e.getValue() / total))
            .toList());
  }

  /** Money or carbon of a step with its share of idle time. */
  static DataTable parts(String what, Breakdown breakdown) {
    double total = breakdown.total();
    return new DataTable(
        what + " of a step with its share of idle time",
        List.of(
            Column.text("part"), Column.number(what, breakdown.unit()), Column.percent("share")),
        breakdown.parts().entrySet().stream()
            .map(e -> row(e.getKey(), e.getValue(), 100 * e.getValue() / total))
            .toList());
  }

  /** All of it, with names that programs read. */
  static Map<String, Object> json(Efficiency efficiency) {
    Map<String, Object> json = new LinkedHashMap<>();
    Map<String, Object> metrics = new LinkedHashMap<>();
    efficiency.metrics().forEach((metric, interval) -> metrics.put(metric.key(), interval));
    json.put("metrics", metrics);
    json.put("clock", efficiency.clock());
    Map<String, Double> joules = new LinkedHashMap<>();
    efficiency.energy().joules().forEach((component, j) -> joules.put(component.name(), j));
    json.put("stepJoules", joules);
    json.put("stepUsd", efficiency.dollars().parts());
    json.put("stepKgCo2e", efficiency.carbon().parts());
    json.put("fits", efficiency.ledger().fits());
    json.put("shortfallBytes", efficiency.ledger().shortfallBytes());
    json.put("provenance", efficiency.provenance());
    json.put("notes", efficiency.notes());
    return json;
  }

  /** The same names where the system cannot hold the model: null, and what is missing. */
  static Map<String, Object> json(CapacityLedger ledger) {
    Map<String, Object> json = new LinkedHashMap<>();
    for (String name : List.of("metrics", "clock", "stepJoules", "stepUsd", "stepKgCo2e")) {
      json.put(name, null);
    }
    json.put("fits", false);
    json.put("shortfallBytes", ledger.shortfallBytes());
    json.put("provenance", List.of());
    json.put("notes", ledger.problems());
    return json;
  }
}
