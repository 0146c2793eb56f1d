package dev.membound.model.energy;

import dev.membound.model.catalogue.Catalogue;
import dev.membound.model.catalogue.CatalogueException;
import dev.membound.model.catalogue.Section;
import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import java.util.Locale;

/**
 * What device files do not say about energy.
 *
 * @param name catalogue name
 * @param title for people
 * @param description what is left out
 * @param idleShare of board power, drawn whether anything runs or not
 * @param arithmeticShare power of arithmetic at peak and full clock over board power; above 1 where
 *     the peak cannot be sustained
 * @param voltageSlope relative fall of the voltage over the relative fall of the clock
 * @param lowestClock share of the clock below which a power cap pauses work instead
 * @param onChipJoulesPerByte activations that stay on chip
 * @param fabricJoulesPerByte NVLink and its like
 * @param cardLinkJoulesPerByte PCI Express and CXL
 * @param networkJoulesPerByte Ethernet and InfiniBand
 * @param hostShare rest of the server over the board power of its devices
 * @param powerSupplyEfficiency delivered over drawn at the wall
 */
public record EnergyFacts(
    String name,
    String title,
    String description,
    Quantity idleShare,
    Quantity arithmeticShare,
    Quantity voltageSlope,
    Quantity lowestClock,
    Quantity onChipJoulesPerByte,
    Quantity fabricJoulesPerByte,
    Quantity cardLinkJoulesPerByte,
    Quantity networkJoulesPerByte,
    Quantity hostShare,
    Quantity powerSupplyEfficiency) {

  private static final class Presets {
    static final Catalogue<EnergyFacts> ALL =
        new Catalogue<>("energy facts", EnergyFacts.class, "presets", EnergyFacts::read);
  }

  /** What is used unless a user names a file. */
  public static EnergyFacts standard() {
    return find("default");
  }

  /**
   * A preset by name, or a user's file by path.
   *
   * @throws CatalogueException one line: unknown, or what is wrong in the file
   */
  public static EnergyFacts find(String nameOrPath) {
    return Presets.ALL.find(nameOrPath);
  }

  private static EnergyFacts read(Section file) {
    return new EnergyFacts(
        file.text("name"),
        file.text("title"),
        file.text("description"),
        share(file, "idle"),
        file.positive("arithmetic", Dimension.RATIO),
        share(file, "voltage_slope"),
        share(file, "lowest_clock"),
        file.quantity("on_chip", Dimension.ENERGY_PER_BYTE, 0),
        file.quantity("fabric", Dimension.ENERGY_PER_BYTE, 0),
        file.quantity("card_link", Dimension.ENERGY_PER_BYTE, 0),
        file.quantity("network", Dimension.ENERGY_PER_BYTE, 0),
        file.quantity("host", Dimension.RATIO, 0),
        share(file, "power_supply"));
  }

  private static Quantity share(Section file, String key) {
    Quantity share = file.positive(key, Dimension.RATIO);
    if (share.high() > 1) {
      throw file.error(key + "_ratio", "a share is at most 1, not " + share.high());
    }
    return share;
  }

  /** Energy of a byte over the link between devices. */
  double linkJoulesPerByte(DeviceProfile device, Draw draw) {
    String link = device.link().orElseThrow().name().toLowerCase(Locale.ROOT);
    if (link.contains("pcie") || link.contains("cxl")) {
      return draw.of(cardLinkJoulesPerByte);
    }
    if (link.contains("roce") || link.contains("ethernet") || link.contains("infiniband")) {
      return draw.of(networkJoulesPerByte);
    }
    return draw.of(fabricJoulesPerByte);
  }

  /**
   * Board power of a device.
   *
   * @throws IllegalArgumentException when its file gives none
   */
  public static double boardWatts(DeviceProfile device, Draw draw) {
    return draw.of(
        device
            .power()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "device "
                            + device.name()
                            + " gives no power_W, which energy, cost and carbon start from; put"
                            + " one into a file that extends it")));
  }

  /** Power of arithmetic at peak and full clock. */
  double fullClockWatts(DeviceProfile device, ComputeEngine engine, Draw draw) {
    return engine.joulesPerFlop() == ComputeEngine.NO_ENERGY
        ? draw.of(arithmeticShare) * boardWatts(device, draw)
        : engine.fullClockWatts()
            * draw.of(engine.joulesPerFlop())
            / engine.joulesPerFlop().value();
  }

  /** Energy of an operation at {@code clock} over that at full clock: the voltage squared. */
  double voltageSquared(double clock, Draw draw) {
    double voltage = 1 - draw.of(voltageSlope) * (1 - clock);
    return voltage * voltage;
  }
}
