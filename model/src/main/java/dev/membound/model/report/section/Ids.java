package dev.membound.model.report.section;

import java.util.Locale;

/** Anchors made from names that come from data. */
final class Ids {
  private Ids() {}

  /** Lower-case letters, digits and hyphens only. */
  static String of(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }
}
