package dev.membound.model.memory.pim;

import dev.membound.model.catalogue.Section;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The multiply-accumulate units of a PIM and what paces them. What a file leaves out sets no limit.
 *
 * @param units how many
 * @param columnBytes bytes that a unit consumes a column access
 * @param columnAccessSeconds of an open row (tCCD_L)
 * @param commandSeconds between two all-bank commands on a channel's command bus
 * @param multiplySeconds in which a unit's multipliers work off a column: elements / (MACs · clock)
 * @param openCloseSeconds tRCD + tRP, during which a unit waits
 */
public record PimUnits(
    Quantity units,
    Quantity columnBytes,
    Quantity columnAccessSeconds,
    Quantity commandSeconds,
    Quantity multiplySeconds,
    Quantity openCloseSeconds) {

  static PimUnits read(Section section) {
    return new PimUnits(
        section.quantity("units", Dimension.COUNT, 1),
        section.quantity("column", Dimension.CAPACITY, 1),
        section.positive("column_access", Dimension.TIME),
        optional(section, "command"),
        optional(section, "multiply"),
        section.quantity("row_open_close", Dimension.TIME, 0));
  }

  private static Quantity optional(Section section, String name) {
    return section.optionalQuantity(name, Dimension.TIME, 0).orElse(noLimit(0, "s"));
  }

  /** {@code value}, at which there is no limit, for a parameter that a file leaves out. */
  static Quantity noLimit(double value, String unit) {
    return Quantity.exact(value, unit, Provenance.ASSUMED, "not given: taken as no limit");
  }

  /** Units paced by column accesses alone. */
  public static PimUnits of(
      Quantity units, Quantity columnBytes, Quantity columnAccess, Quantity openClose) {
    return new PimUnits(
        units, columnBytes, columnAccess, noLimit(0, "s"), noLimit(0, "s"), openClose);
  }

  PimUnits ideal() {
    return of(
        units, columnBytes, columnAccessSeconds.withoutInterval(), openCloseSeconds.idealised(0));
  }

  double columnSeconds(Draw draw) {
    double slower = Math.max(draw.of(commandSeconds), draw.of(multiplySeconds));
    return Math.max(draw.of(columnAccessSeconds), slower);
  }

  double columns(double bytes, Draw draw) {
    return Math.ceil(bytes / draw.of(columnBytes));
  }

  Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>();
    all.put("units", units);
    all.put("column", columnBytes);
    all.put("column_access", columnAccessSeconds);
    if (commandSeconds.value() > 0) {
      all.put("command", commandSeconds);
    }
    if (multiplySeconds.value() > 0) {
      all.put("multiply", multiplySeconds);
    }
    all.put("row_open_close", openCloseSeconds);
    return all;
  }
}
