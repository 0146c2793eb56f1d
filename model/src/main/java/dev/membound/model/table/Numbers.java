package dev.membound.model.table;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as the report prints them, the same in every table and sentence. */
public final class Numbers {
  /** Keeps a number and its unit on one line. */
  private static final char NO_BREAK = '\u00a0';

  private static final String[] BINARY_UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private Numbers() {}

  /**
   * Three significant digits without an exponent in the usual range, for instance {@code 0.0123},
   * {@code 41.2}, {@code 12,300}.
   */
  public static String significant(double value) {
    return rounded(value, 3);
  }

  /** Four significant digits. */
  static String value(double value) {
    return rounded(value, 4);
  }

  private static String rounded(double value, int digits) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
    }
    if (value == 0) {
      return "0";
    }
    double magnitude = Math.abs(value);
    if (magnitude < 1e-4 || magnitude >= 1e7) {
      return String.format(Locale.ROOT, "%." + (digits - 1) + "e", value);
    }
    BigDecimal decimal =
        new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    int decimals = digits - (decimal.precision() - decimal.scale());
    return decimals <= 0
        ? String.format(Locale.ROOT, "%,d", decimal.toBigInteger())
        : decimal.setScale(decimals, RoundingMode.UNNECESSARY).toPlainString();
  }

  /** A whole number with thousands separators. */
  public static String count(double value) {
    return String.format(Locale.ROOT, "%,d", Math.round(value));
  }

  /** Bytes with a binary prefix: {@code 512 B}, {@code 64 KiB}, {@code 15.9 GiB}. */
  public static String bytes(double bytes) {
    double scaled = Math.abs(bytes);
    int unit = 0;
    while (scaled >= 1024 && unit < BINARY_UNITS.length - 1) {
      scaled /= 1024;
      unit++;
    }
    String number = scaled == Math.rint(scaled) ? count(scaled) : significant(scaled);
    return (bytes < 0 ? "-" : "") + number + NO_BREAK + BINARY_UNITS[unit];
  }

  /** Seconds with an SI prefix: {@code 81.3 ns}, {@code 4.21 ms}, {@code 12.0 s}. */
  public static String seconds(double seconds) {
    double magnitude = Math.abs(seconds);
    if (magnitude == 0) {
      return "0 s";
    }
    if (magnitude < 1e-6) {
      return significant(seconds * 1e9) + NO_BREAK + "ns";
    }
    if (magnitude < 1e-3) {
      return significant(seconds * 1e6) + NO_BREAK + "µs";
    }
    if (magnitude < 1) {
      return significant(seconds * 1e3) + NO_BREAK + "ms";
    }
    return significant(seconds) + NO_BREAK + "s";
  }

  /** A fraction as a percentage: 0.873 is {@code 87 %}, 0.0123 is {@code 1.2 %}. */
  public static String percent(double fraction) {
    double percent = 100 * fraction;
    return String.format(Locale.ROOT, Math.abs(percent) < 10 ? "%.1f" : "%.0f", percent)
        + NO_BREAK
        + "%";
  }

  /** A fraction as a percentage with its sign. */
  public static String signedPercent(double fraction) {
    return (fraction > 0 ? "+" : "") + percent(fraction);
  }

  /** {@code 1 thread}, {@code 2 threads}. */
  public static String counted(long count, String singular) {
    return count(count) + NO_BREAK + singular + (count == 1 ? "" : "s");
  }
}
