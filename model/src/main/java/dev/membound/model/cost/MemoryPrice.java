package dev.membound.model.cost;

import dev.membound.model.catalogue.Catalogue;
import dev.membound.model.catalogue.Section;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import java.util.Optional;

/**
 * Price of a memory technology as a function of the year.
 *
 * @param name catalogue name
 * @param title for people
 * @param description what is left out
 * @param pricePerByte USD in {@code priceYear}
 * @param priceYear year of the price
 * @param capacityTrend of the price of a byte; none where nothing is published
 * @param bandwidthTrend of the price of a byte a second
 */
public record MemoryPrice(
    String name,
    String title,
    String description,
    Quantity pricePerByte,
    int priceYear,
    Optional<PriceTrend> capacityTrend,
    Optional<PriceTrend> bandwidthTrend) {
  private static final int LATEST_YEAR = 2100;

  private static final class Presets {
    static final Catalogue<MemoryPrice> ALL =
        new Catalogue<>("memory price", MemoryPrice.class, "prices", MemoryPrice::read);
  }

  /** The price of a technology. */
  public static MemoryPrice of(MemoryTechnology technology) {
    return Presets.ALL.find(technology.key());
  }

  private static MemoryPrice read(Section file) {
    return new MemoryPrice(
        file.text("name"),
        file.text("title"),
        file.text("description"),
        file.quantity("price", Dimension.PRICE_PER_BYTE, 0),
        file.count("price_year", LATEST_YEAR),
        trend(file, "capacity_trend"),
        trend(file, "bandwidth_trend"));
  }

  private static Optional<PriceTrend> trend(Section file, String key) {
    return file.has(key) ? Optional.of(PriceTrend.read(file.section(key))) : Optional.empty();
  }

  /** USD a byte in a year. */
  public double pricePerByte(double year, Draw draw) {
    double factor = capacityTrend.map(trend -> trend.factor(priceYear, year, draw)).orElse(1.0);
    return draw.of(pricePerByte) * factor;
  }

  /** Whether published prices stand behind a year: without a trend, only the price's own. */
  public boolean covers(double year) {
    return capacityTrend.map(trend -> trend.covers(year)).orElse(year == priceYear);
  }
}
