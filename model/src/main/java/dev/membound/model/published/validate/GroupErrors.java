package dev.membound.model.published.validate;

import dev.membound.model.published.fit.ErrorBand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Logarithms of measured over predicted time, by group of rows. */
final class GroupErrors {
  private final Map<String, List<Double>> byGroup = new LinkedHashMap<>();

  void add(String group, double logError) {
    byGroup.computeIfAbsent(group, key -> new ArrayList<>()).add(logError);
  }

  /** These and others. */
  GroupErrors with(GroupErrors others) {
    GroupErrors all = new GroupErrors();
    all.byGroup.putAll(byGroup);
    all.byGroup.putAll(others.byGroup);
    return all;
  }

  /** The spread of all groups but one. */
  ErrorBand without(String group) {
    return ErrorBand.betweenGroups(
        byGroup.entrySet().stream()
            .filter(entry -> !entry.getKey().equals(group))
            .map(entry -> entry.getValue().stream().mapToDouble(Double::doubleValue).toArray())
            .toList());
  }
}
