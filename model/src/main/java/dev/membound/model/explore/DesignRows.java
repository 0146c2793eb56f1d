package dev.membound.model.explore;

import dev.membound.model.cost.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Designs and their metrics as rows of CSV (RFC 4180 with a line feed): full precision. */
final class DesignRows {
  /** Header of the axes. */
  static final String AXES =
      "index,model,device,varied,parallelism,devices,replicas,weights,kv,power_cap (W),"
          + "context (tokens),batch";

  private DesignRows() {}

  static String header() {
    return AXES
        + Arrays.stream(Metric.values())
            .map(metric -> "," + metric.key() + " (" + metric.unit() + ")")
            .collect(Collectors.joining())
        + "\n";
  }

  static void append(StringBuilder csv, Design design, DesignPoint point) {
    axes(
        csv,
        point.index(),
        List.of(
            design.model().name(),
            design.variant().base(),
            varied(design.variant().values()),
            design.sharding().label(),
            design.sharding().devices() * design.replicas(),
            design.replicas(),
            design.weights(),
            design.kv(),
            design.capWatts().isPresent() ? design.capWatts().getAsDouble() : "",
            design.contextTokens(),
            design.batch()));
    for (double value : point.values()) {
      csv.append(',').append(value);
    }
    csv.append('\n');
  }

  /** The axes of a row, in the order of the header. */
  static void axes(StringBuilder csv, long index, List<Object> values) {
    csv.append(index);
    values.forEach(value -> field(csv, value.toString()));
  }

  /** {@code memory.capacity_GB=80 power_W=500}. */
  static String varied(Map<String, Double> values) {
    return values.entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining(" "));
  }

  private static void field(StringBuilder csv, String text) {
    csv.append(',');
    if (text.indexOf(',') >= 0 || text.indexOf('"') >= 0) {
      csv.append('"').append(text.replace("\"", "\"\"")).append('"');
    } else {
      csv.append(text);
    }
  }
}
