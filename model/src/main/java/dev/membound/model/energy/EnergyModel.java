package dev.membound.model.energy;

import dev.membound.model.energy.Component.Kind;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.workload.OperatorShape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Energy of a system in one world: what its phases move and compute, and what it draws over time.
 *
 * <pre>
 *   dynamic = Σ bytes · J/B(memory, pattern) + Σ bytes · J/B(link)
 *           + v² · (Σ FLOPs · J/FLOP(engine, format) + Σ on-chip bytes · J/B)
 *   devices = dynamic + idle share · board power · t
 *   wall    = (devices + host share · board power · t) / power supply efficiency
 *   v       = 1 − slope · (1 − clock)
 * </pre>
 */
public final class EnergyModel {
  private final HardwareSystem system;
  private final EnergyFacts facts;
  private final Draw draw;
  private final double deviceIdleWatts;
  private final double moduleIdleWatts;
  private final double hostWatts;
  private final double powerSupplyEfficiency;
  private final List<Component> components = new ArrayList<>();

  private EnergyModel(HardwareSystem system, EnergyFacts facts, Draw draw) {
    this.system = system;
    this.facts = facts;
    this.draw = draw;
    double devices = system.count() * EnergyFacts.boardWatts(system.device(), draw);
    double modules =
        system
            .kvModule()
            .map(module -> system.kvModules() * EnergyFacts.boardWatts(module, draw))
            .orElse(0.0);
    double idleShare = draw.of(facts.idleShare());
    deviceIdleWatts = idleShare * devices;
    moduleIdleWatts = idleShare * modules;
    hostWatts = draw.of(facts.hostShare()) * (devices + modules);
    powerSupplyEfficiency = draw.of(facts.powerSupplyEfficiency());
  }

  /**
   * The energy of a system.
   *
   * @throws IllegalArgumentException when a device gives no board power
   */
  public static EnergyModel of(HardwareSystem system, EnergyFacts facts, Draw draw) {
    return new EnergyModel(system, facts, draw);
  }

  /** The coefficients of a phase; its energies are counted under this model's components. */
  public PhaseEnergy phase(List<OperatorShape> shapes, EngineSites sites) {
    return PhaseEnergy.of(this, shapes, sites);
  }

  HardwareSystem system() {
    return system;
  }

  EnergyFacts facts() {
    return facts;
  }

  Draw draw() {
    return draw;
  }

  int indexOf(Kind kind, String name, boolean onModules) {
    Component component = new Component(kind, name, onModules);
    int index = components.indexOf(component);
    if (index < 0) {
      components.add(component);
      return components.size() - 1;
    }
    return index;
  }

  /** An account for the dynamic energy of the phases, empty. */
  public double[] newAccount() {
    return new double[components.size()];
  }

  /** Adds the arithmetic of an account, {@code times} over, to another. */
  public void addArithmetic(double[] from, double times, double[] account) {
    for (int i = 0; i < from.length; i++) {
      if (components.get(i).kind() == Kind.ARITHMETIC) {
        account[i] += times * from[i];
      }
    }
  }

  /** Power of the devices whether anything runs or not. */
  public double deviceIdleWatts() {
    return deviceIdleWatts;
  }

  /** Dynamic energy of the devices, without modules, at a share of the clock. */
  public double deviceJoules(double[] account, double clock) {
    double voltageSquared = facts.voltageSquared(clock, draw);
    double sum = 0;
    for (int i = 0; i < account.length; i++) {
      Component component = components.get(i);
      if (!component.onModules()) {
        sum += component.followsClock() ? account[i] * voltageSquared : account[i];
      }
    }
    return sum;
  }

  /** Energy at the wall over {@code seconds}. */
  public double wallJoules(double[] account, double clock, double seconds) {
    double sum = (deviceIdleWatts + moduleIdleWatts + hostWatts) * seconds;
    double voltageSquared = facts.voltageSquared(clock, draw);
    for (int i = 0; i < account.length; i++) {
      boolean follows = components.get(i).followsClock() && !components.get(i).onModules();
      sum += follows ? account[i] * voltageSquared : account[i];
    }
    return sum / powerSupplyEfficiency;
  }

  /** Power at the wall when nothing runs. */
  public double idleWallWatts() {
    return (deviceIdleWatts + moduleIdleWatts + hostWatts) / powerSupplyEfficiency;
  }

  /** The same by component. */
  public EnergyBreakdown breakdown(double[] account, double clock, double seconds) {
    double voltageSquared = facts.voltageSquared(clock, draw);
    Map<Component, Double> joules = new LinkedHashMap<>();
    for (int i = 0; i < account.length; i++) {
      Component component = components.get(i);
      boolean follows = component.followsClock() && !component.onModules();
      joules.put(component, follows ? account[i] * voltageSquared : account[i]);
    }
    joules.put(new Component(Kind.IDLE, "idle", false), deviceIdleWatts * seconds);
    if (system.kvModule().isPresent()) {
      joules.put(new Component(Kind.IDLE, "idle of KV modules", true), moduleIdleWatts * seconds);
    }
    joules.put(new Component(Kind.HOST, "host", false), hostWatts * seconds);
    double delivered = joules.values().stream().mapToDouble(Double::doubleValue).sum();
    joules.put(
        new Component(Kind.POWER_SUPPLY, "power supply", false),
        delivered * (1 / powerSupplyEfficiency - 1));
    return new EnergyBreakdown(seconds, joules);
  }

  /** What is drawn while nothing runs. */
  public EnergyBreakdown idle(double seconds) {
    return breakdown(newAccount(), 1, seconds);
  }
}
