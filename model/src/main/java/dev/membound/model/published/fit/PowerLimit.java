package dev.membound.model.published.fit;

import dev.membound.model.device.DeviceProfile;

/**
 * What a power limit leaves of a device's clock:
 *
 * <pre>  share = ((limit − idle) / (rated − idle))^(1/2), at most 1</pre>
 *
 * <p>Dynamic power is f·V². With V in proportion to f it falls with the cube of the clock, at the
 * lowest V with its first power; a square lies between (assumed). The clock scales arithmetic;
 * memory has a clock of its own and keeps its bandwidth.
 */
public final class PowerLimit {
  /** Idle accelerators of 700 W draw 70 to 80 W (assumed). */
  private static final double IDLE_SHARE = 0.1;

  private PowerLimit() {}

  /**
   * Share of the clock that is left.
   *
   * @param limitWatts of one device
   * @throws IllegalArgumentException where the limit is at or below the idle power
   */
  public static double clockShare(DeviceProfile device, double limitWatts) {
    if (device.power().isEmpty()) {
      return 1;
    }
    double rated = device.power().get().value();
    double idle = IDLE_SHARE * rated;
    if (limitWatts <= idle) {
      throw new IllegalArgumentException(
          "%s idles at about %.0f W: a limit of %.0f W leaves nothing"
              .formatted(device.name(), idle, limitWatts));
    }
    return Math.min(1, Math.sqrt((limitWatts - idle) / (rated - idle)));
  }
}
