package dev.membound.model.table;

/**
 * One column of a table.
 *
 * @param name header
 * @param unit of the raw value, for instance {@code GB/s}; empty for text and pure numbers
 */
public record Column(String name, String unit, Format format) {

  /** A column of text. */
  public static Column text(String name) {
    return new Column(name, "", Format.TEXT);
  }

  /** A column of whole numbers. */
  public static Column count(String name) {
    return new Column(name, "", Format.COUNT);
  }

  /** A column of numbers in one unit, three significant digits. */
  public static Column number(String name, String unit) {
    return new Column(name, unit, Format.SIGNIFICANT);
  }

  /** A column of percentages: a cell holds 12.3 for 12.3 %. */
  public static Column percent(String name) {
    return new Column(name, "%", Format.PERCENT);
  }

  /** A column of percentages shown with their sign. */
  public static Column signedPercent(String name) {
    return new Column(name, "%", Format.SIGNED_PERCENT);
  }

  /** A column of sizes in bytes. */
  public static Column bytes(String name) {
    return new Column(name, "B", Format.BYTES);
  }

  /** A column of times in seconds. */
  public static Column seconds(String name) {
    return new Column(name, "s", Format.SECONDS);
  }

  /** A column of numbers whose unit stands in another column. */
  public static Column value(String name) {
    return new Column(name, "", Format.VALUE);
  }

  /** Header over cells as people read them. */
  public String displayName() {
    return unit.isEmpty() || format.unitInCell() ? name : name + " (" + unit + ")";
  }

  /** Header over raw values. */
  String rawName() {
    return unit.isEmpty() ? name : name + " (" + unit + ")";
  }
}
