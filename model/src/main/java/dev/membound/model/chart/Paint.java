package dev.membound.model.chart;

/**
 * Colours by role; the style sheet gives each a value in light and in dark. The series colours
 * follow Okabe and Ito's palette, which people with colour-vision deficiencies can tell apart.
 */
public enum Paint {
  ACCENT,
  INK,
  MUTED,
  WARNING,
  SERIES1,
  SERIES2,
  SERIES3,
  SERIES4,
  SERIES5,
  SERIES6,
  SERIES7;

  private static final int SERIES_COUNT = 7;

  /** The n-th series colour, again from the first when they run out. */
  public static Paint series(int n) {
    return values()[SERIES1.ordinal() + n % SERIES_COUNT];
  }
}
