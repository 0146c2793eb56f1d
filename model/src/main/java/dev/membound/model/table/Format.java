package dev.membound.model.table;

import java.util.Locale;

/** How the cells of a column are shown to people; CSV always holds the full value. */
public enum Format {
  TEXT(false),
  /** Whole numbers with thousands separators. */
  COUNT(true),
  /** Three significant digits, the unit in the column's header. */
  SIGNIFICANT(true),
  /** A percentage with one decimal; the cell holds 12.3 for 12.3 %. */
  PERCENT(true),
  /** A percentage with its sign. */
  SIGNED_PERCENT(true),
  /** Bytes with a binary prefix in the cell, for instance {@code 32.0 MiB}. */
  BYTES(true),
  /** Seconds with an SI prefix in the cell, for instance {@code 4.21 ms}. */
  SECONDS(true),
  /** A quantity of the unit that its own column of the row names, four significant digits. */
  VALUE(true);

  private final boolean numeric;

  Format(boolean numeric) {
    this.numeric = numeric;
  }

  /** Whether cells are right-aligned numbers. */
  public boolean numeric() {
    return numeric;
  }

  /** Whether the shown cell carries its own unit, so that the header must not. */
  boolean unitInCell() {
    return this == BYTES || this == SECONDS;
  }

  /** The cell as people read it; an absent value is a dash. */
  String display(Object cell) {
    if (cell == null) {
      return "–";
    }
    if (this == TEXT) {
      return cell.toString();
    }
    double value = ((Number) cell).doubleValue();
    return switch (this) {
      case COUNT -> Numbers.count(value);
      case SIGNIFICANT -> Numbers.significant(value);
      case PERCENT -> String.format(Locale.ROOT, "%.1f", value);
      case SIGNED_PERCENT -> String.format(Locale.ROOT, "%+.1f", value);
      case BYTES -> Numbers.bytes(value);
      case SECONDS -> Numbers.seconds(value);
      case VALUE -> Numbers.value(value);
      case TEXT -> throw new AssertionError();
    };
  }
}
