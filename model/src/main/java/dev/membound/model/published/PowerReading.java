package dev.membound.model.published;

import java.util.Locale;

/**
 * Power or energy of a system under load.
 *
 * @param devices in the system
 * @param powerLimitWatts of one device
 * @param value in the unit of {@code quantity}
 */
public record PowerReading(
    String id,
    String source,
    String device,
    int devices,
    String model,
    double powerLimitWatts,
    Kind quantity,
    double value)
    implements PublishedRow {

  /** What was read. */
  public enum Kind {
    /** Mean at the wall, W. */
    SYSTEM_POWER("W"),
    /** Mean of the devices, without their servers, W. */
    DEVICE_POWER("W"),
    /** At the wall, J. */
    ENERGY_PER_OUTPUT_TOKEN("J"),
    /** Of the devices, 1/J. */
    TOKENS_PER_JOULE("1/J");

    private final String unit;

    Kind(String unit) {
      this.unit = unit;
    }

    /** SI unit. */
    public String unit() {
      return unit;
    }

    /** Name in CSV files. */
    public String key() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
