package dev.membound.model.cost;

import dev.membound.model.catalogue.Section;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;

/**
 * A price that changes by the same share every year: {@code factor(year) = change^((year − from) /
 * (until − since))}. It is known between {@code since} and {@code until}; beyond it is continued,
 * which {@link #covers} tells.
 *
 * @param since first year that stands behind it
 * @param until last year that stands behind it
 * @param change price in {@code until} over price in {@code since}
 */
public record PriceTrend(int since, int until, Quantity change) {
  private static final int LATEST_YEAR = 2100;

  static PriceTrend read(Section section) {
    int since = section.count("since", LATEST_YEAR);
    int until = section.count("until", LATEST_YEAR);
    if (until <= since) {
      throw section.error("until", "must be after " + since + ", not " + until);
    }
    PriceTrend trend = new PriceTrend(since, until, section.positive("change", Dimension.RATIO));
    section.finish();
    return trend;
  }

  /** Price in one year over that of the year before. */
  public double yearlyFactor(Draw draw) {
    return Math.pow(draw.of(change), 1.0 / (until - since));
  }

  /** Price in {@code year} over that in {@code from}; years may have fractions. */
  public double factor(double from, double year, Draw draw) {
    return Math.pow(draw.of(change), (year - from) / (until - since));
  }

  /** Whether published prices stand behind a year. */
  public boolean covers(double year) {
    return year >= since && year <= until;
  }
}
