package dev.membound.model.cost;

import dev.membound.model.device.DeviceProfile;
import dev.membound.model.energy.EnergyFacts;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Money and carbon of owning and running a system, in one world. Both are sums of rates: over time,
 * and over energy at the wall.
 *
 * <pre>
 *   USD/s  = capital · (1 / lifetime + maintenance / year) + hosting · rated power
 *   USD/J  = PUE · price
 *   kg/s   = embodied / lifetime
 *   kg/J   = PUE · grid
 * </pre>
 */
public final class SystemCost {
  private static final double SECONDS_PER_YEAR = 31_557_600;

  private final double devicePrice;
  private final double hostPrice;
  private final double lifetimeSeconds;
  private final double maintenancePerYear;
  private final double hostingUsdPerSecond;
  private final double usdPerJoule;
  private final double deviceCarbon;
  private final double hostCarbon;
  private final double kgPerJoule;
  private final double utilisation;

  private SystemCost(HardwareSystem system, Economics economics, Draw draw) {
    Deployment deployment = economics.deployment();
    Manufacturing making = economics.manufacturing();
    double price = system.count() * making.price(system.device(), deployment.year(), draw);
    double carbon = system.count() * making.embodiedCarbon(system.device(), draw);
    double watts = system.count() * EnergyFacts.boardWatts(system.device(), draw);
    if (system.kvModule().isPresent()) {
      DeviceProfile module = system.kvModule().get();
      price += system.kvModules() * making.price(module, deployment.year(), draw);
      carbon += system.kvModules() * making.embodiedCarbon(module, draw);
      watts += system.kvModules() * EnergyFacts.boardWatts(module, draw);
    }
    devicePrice = price;
    hostPrice = draw.of(deployment.hostPriceShare()) * price;
    lifetimeSeconds = draw.of(deployment.lifetimeSeconds());
    maintenancePerYear = draw.of(deployment.maintenance());
    double ratedWatts = watts * (1 + draw.of(economics.energy().hostShare()));
    hostingUsdPerSecond = draw.of(deployment.hostingPrice()) * ratedWatts;
    double pue = Math.max(1, draw.of(deployment.pue()));
    usdPerJoule = pue * draw.of(deployment.electricityPrice());
    deviceCarbon = carbon;
    hostCarbon = making.hostCarbon(watts, draw);
    kgPerJoule = pue * draw.of(deployment.gridCarbon());
    utilisation = Math.min(1, draw.of(deployment.utilisation()));
  }

  /**
   * The cost of a system.
   *
   * @throws IllegalArgumentException when a device gives no board power
   */
  public static SystemCost of(HardwareSystem system, Economics economics, Draw draw) {
    return new SystemCost(system, economics, draw);
  }

  /** USD of devices and servers. */
  public double capitalUsd() {
    return devicePrice + hostPrice;
  }

  /** USD of having the system for a second, without energy. */
  double usdPerSecond() {
    return capitalUsd() * (1 / lifetimeSeconds + maintenancePerYear / SECONDS_PER_YEAR)
        + hostingUsdPerSecond;
  }

  /** USD of a joule at the wall. */
  double usdPerJoule() {
    return usdPerJoule;
  }

  /** kg CO2e of having the system for a second, without energy. */
  double kgPerSecond() {
    return (deviceCarbon + hostCarbon) / lifetimeSeconds;
  }

  /** kg CO2e of a joule at the wall. */
  double kgPerJoule() {
    return kgPerJoule;
  }

  /** Idle time behind every second of work. */
  double idlePerBusySecond() {
    return 1 / utilisation - 1;
  }

  /** Total cost of ownership over some time with some energy at the wall. */
  public Breakdown dollars(double seconds, double wallJoules) {
    Map<String, Double> parts = new LinkedHashMap<>();
    parts.put("devices", devicePrice / lifetimeSeconds * seconds);
    parts.put("servers and network", hostPrice / lifetimeSeconds * seconds);
    parts.put("maintenance", capitalUsd() * maintenancePerYear / SECONDS_PER_YEAR * seconds);
    parts.put("hosting", hostingUsdPerSecond * seconds);
    parts.put("energy", usdPerJoule * wallJoules);
    return new Breakdown("USD", parts);
  }

  /** Carbon over some time with some energy at the wall. */
  public Breakdown carbon(double seconds, double wallJoules) {
    Map<String, Double> parts = new LinkedHashMap<>();
    parts.put("operational", kgPerJoule * wallJoules);
    parts.put("embodied, devices", deviceCarbon / lifetimeSeconds * seconds);
    parts.put("embodied, servers", hostCarbon / lifetimeSeconds * seconds);
    return new Breakdown("kg CO2e", parts);
  }
}
