package dev.membound.model.study;

import java.util.Locale;

/**
 * A published claim held against a computation.
 *
 * @param statement what is claimed, with its number
 * @param source where
 * @param published its number as people read it
 * @param computed ours, with its unit
 * @param verdict whether they agree
 * @param because what ours rests on, or why they differ
 */
public record Claim(
    String statement,
    String source,
    String published,
    String computed,
    Verdict verdict,
    String because) {

  /** A claimed number and ours, which may differ by a share of the claimed one. */
  public static Claim number(
      String statement,
      String source,
      double published,
      double computed,
      double tolerance,
      String unit,
      String because) {
    boolean agrees = Math.abs(computed - published) <= tolerance * Math.abs(published);
    return new Claim(
        statement,
        source,
        text(published, unit),
        text(computed, unit),
        agrees ? Verdict.REPRODUCED : Verdict.NOT_REPRODUCED,
        because);
  }

  /** A claimed range and our number. */
  public static Claim range(
      String statement,
      String source,
      double low,
      double high,
      double computed,
      String unit,
      String because) {
    return new Claim(
        statement,
        source,
        text(low, "") + " to " + text(high, unit),
        text(computed, unit),
        low <= computed && computed <= high ? Verdict.REPRODUCED : Verdict.NOT_REPRODUCED,
        because);
  }

  /**
   * A printed number that does not follow from the source's own inputs. If it does, to the digits
   * printed, the claim is reproduced.
   *
   * @param digits half of the last printed digit: what rounding explains
   */
  public static Claim arithmetic(
      String statement,
      String source,
      double published,
      double computed,
      double digits,
      String unit,
      String because) {
    return new Claim(
        statement,
        source,
        text(published, unit),
        text(computed, unit),
        Math.abs(computed - published) <= digits ? Verdict.REPRODUCED : Verdict.CORRECTED,
        because);
  }

  /** The same claim, reproduced only in part. */
  public Claim inPart(String why) {
    return new Claim(statement, source, published, computed, Verdict.IN_PART, why);
  }

  /** Two lines: verdict, statement and both numbers; the reason and the source. */
  public String print() {
    return "%-12s %s: published %s, here %s%n             %s (%s)"
        .formatted(verdict.label(), statement, published, computed, because, source);
  }

  static String text(double value, String unit) {
    double magnitude = Math.abs(value);
    String number;
    if (magnitude != 0 && (magnitude < 0.001 || magnitude >= 1e7)) {
      number = String.format(Locale.ROOT, "%.3g", value);
    } else if (magnitude >= 100 || value == Math.rint(value)) {
      number = String.format(Locale.ROOT, "%,.0f", value);
    } else {
      number = String.format(Locale.ROOT, "%.3g", value);
    }
    return unit.isEmpty() ? number : number + (unit.equals("×") ? "×" : " " + unit);
  }
}
