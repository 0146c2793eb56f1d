package dev.membound.model.memory.dram;

import dev.membound.model.catalogue.Section;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When a DRAM may do what next. What a file leaves out sets no limit.
 *
 * @param rowCycleSeconds tRC, between two rows of a bank
 * @param rowToColumnSeconds tRCD, from opening a row to reading it
 * @param prechargeSeconds tRP, closing a row
 * @param columnToColumnSeconds tCCD_L, between two accesses to an open row
 * @param fourActivatesSeconds tFAW, in which a channel opens at most four rows
 * @param turnaroundSeconds of a channel's bus, from writing to reading or back
 * @param turnaroundBytes that a channel moves in one direction before it turns around
 * @param refreshSeconds tRFC: how long a refresh blocks what it refreshes
 * @param refreshIntervalSeconds tREFI
 */
public record DramTiming(
    Quantity rowCycleSeconds,
    Quantity rowToColumnSeconds,
    Quantity prechargeSeconds,
    Quantity columnToColumnSeconds,
    Quantity fourActivatesSeconds,
    Quantity turnaroundSeconds,
    Quantity turnaroundBytes,
    Quantity refreshSeconds,
    Quantity refreshIntervalSeconds) {

  /** A limit that a file does not set. */
  private static final Quantity NO_TIME =
      Quantity.exact(0, "s", Provenance.ASSUMED, "not given: taken as no limit");

  private static final Quantity SOME_BYTES =
      Quantity.exact(1, "B", Provenance.ASSUMED, "not given: turning around takes no time");

  static DramTiming read(Section section) {
    Quantity refresh = section.quantity("refresh", Dimension.TIME, 0);
    Quantity interval = section.positive("refresh_interval", Dimension.TIME);
    if (refresh.high() >= interval.low()) {
      throw section.error("refresh", "must be shorter than refresh_interval");
    }
    Quantity turnaround = optional(section, "turnaround");
    return new DramTiming(
        section.quantity("row_cycle", Dimension.TIME, 0),
        optional(section, "row_to_column"),
        optional(section, "precharge"),
        optional(section, "column_to_column"),
        optional(section, "four_activates"),
        turnaround,
        turnaround == NO_TIME
            ? SOME_BYTES
            : section.quantity("turnaround_after", Dimension.CAPACITY, 1),
        refresh,
        interval);
  }

  private static Quantity optional(Section section, String name) {
    return section.optionalQuantity(name, Dimension.TIME, 0).orElse(NO_TIME);
  }

  /** Row cycle and refresh alone. */
  public static DramTiming of(
      Quantity rowCycleSeconds, Quantity refreshSeconds, Quantity refreshIntervalSeconds) {
    return new DramTiming(
        rowCycleSeconds,
        NO_TIME,
        NO_TIME,
        NO_TIME,
        NO_TIME,
        NO_TIME,
        SOME_BYTES,
        refreshSeconds,
        refreshIntervalSeconds);
  }

  DramTiming ideal() {
    return DramTiming.of(
        rowCycleSeconds.idealised(0), refreshSeconds.idealised(0), refreshIntervalSeconds);
  }

  Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>();
    all.put("row_cycle", rowCycleSeconds);
    all.put("row_to_column", rowToColumnSeconds);
    all.put("precharge", prechargeSeconds);
    all.put("column_to_column", columnToColumnSeconds);
    all.put("four_activates", fourActivatesSeconds);
    all.put("turnaround", turnaroundSeconds);
    all.put("turnaround_after", turnaroundBytes);
    all.put("refresh", refreshSeconds);
    all.put("refresh_interval", refreshIntervalSeconds);
    all.values().removeIf(quantity -> quantity == NO_TIME || quantity == SOME_BYTES);
    return all;
  }
}
