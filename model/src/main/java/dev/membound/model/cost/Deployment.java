package dev.membound.model.cost;

import dev.membound.model.catalogue.Catalogue;
import dev.membound.model.catalogue.CatalogueException;
import dev.membound.model.catalogue.Section;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Quantity;
import java.util.Collection;

/**
 * Where and how systems run.
 *
 * @param name catalogue name
 * @param title for people
 * @param description what is left out
 * @param electricityPrice USD a joule
 * @param pue energy of the data centre over that of its servers
 * @param gridCarbon kg CO2e a joule
 * @param lifetimeSeconds after which devices are worth nothing
 * @param utilisation share of the time that the system works; else it idles
 * @param hostingPrice USD a watt of rated power and second
 * @param maintenance share of the capital, a year
 * @param hostPriceShare price of server and network over that of the devices
 * @param year of the purchase
 */
public record Deployment(
    String name,
    String title,
    String description,
    Quantity electricityPrice,
    Quantity pue,
    Quantity gridCarbon,
    Quantity lifetimeSeconds,
    Quantity utilisation,
    Quantity hostingPrice,
    Quantity maintenance,
    Quantity hostPriceShare,
    int year) {
  private static final int LATEST_YEAR = 2100;

  private static final class Presets {
    static final Catalogue<Deployment> ALL =
        new Catalogue<>("deployment", Deployment.class, "deployments", Deployment::read);
  }

  /** What is used unless a user names one. */
  public static Deployment standard() {
    return find("us");
  }

  /**
   * A preset by name, or a user's file by path.
   *
   * @throws CatalogueException one line: unknown (with near names), or what is wrong in the file
   */
  public static Deployment find(String nameOrPath) {
    return Presets.ALL.find(nameOrPath);
  }

  /** All presets, by name. */
  public static Collection<Deployment> all() {
    return Presets.ALL.all().values();
  }

  /** A deployment from the text of a file; {@code file} names it in errors. */
  public static Deployment parse(String file, String yaml) {
    return Presets.ALL.parse(file, yaml);
  }

  private static Deployment read(Section file) {
    Quantity pue = file.positive("pue", Dimension.RATIO);
    if (pue.low() < 1) {
      throw file.error("pue_ratio", "a data centre draws at least what its servers do: 1 or more");
    }
    Quantity utilisation = file.positive("utilisation", Dimension.RATIO);
    if (utilisation.high() > 1) {
      throw file.error("utilisation_ratio", "a share of the time is at most 1");
    }
    return new Deployment(
        file.text("name"),
        file.text("title"),
        file.text("description"),
        file.quantity("electricity", Dimension.PRICE_PER_ENERGY, 0),
        pue,
        file.quantity("grid", Dimension.CARBON_PER_ENERGY, 0),
        file.positive("lifetime", Dimension.TIME),
        utilisation,
        file.quantity("hosting", Dimension.PRICE_PER_POWER_AND_TIME, 0),
        file.quantity("maintenance", Dimension.RATIO, 0),
        file.quantity("host_price", Dimension.RATIO, 0),
        file.count("year", LATEST_YEAR));
  }
}
