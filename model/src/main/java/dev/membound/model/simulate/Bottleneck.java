package dev.membound.model.simulate;

import java.util.Locale;

/** What holds an operator up most. */
public enum Bottleneck {
  MEMORY,
  COMPUTE,
  LINK,
  STARTUP;

  /** Name in {@code simulation.json}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
