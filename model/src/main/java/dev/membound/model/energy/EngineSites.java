package dev.membound.model.energy;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.simulate.OperatorEstimate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which engine runs which operator. */
@FunctionalInterface
public interface EngineSites {

  /**
   * An engine of a device.
   *
   * @param onModule whether the device is a KV module
   * @param reach share of the operand that the engine reaches; the device's first engine, which
   *     sees the memory from outside, has the rest
   */
  record Site(DeviceProfile device, ComputeEngine engine, boolean onModule, double reach) {

    Site reaching(double share) {
      return new Site(device, engine, onModule, share);
    }
  }

  /** Where the operator of this name runs. */
  Site of(String operator);

  /** Everything on the engine that holds the activations. */
  static EngineSites main(HardwareSystem system) {
    Site site = new Site(system.device(), system.device().mainEngine(), false, 1);
    return operator -> site;
  }

  /** As the simulator placed them; collectives stay with the main engine. */
  static EngineSites of(HardwareSystem system, List<OperatorEstimate> operators) {
    Map<String, Site> byLabel = new HashMap<>();
    system.kvModule().ifPresent(module -> addAll(byLabel, module, true));
    addAll(byLabel, system.device(), false);
    Site main = main(system).of("");
    Map<String, Site> byOperator = new HashMap<>();
    operators.forEach(
        o ->
            byOperator.put(
                o.operator(), byLabel.getOrDefault(o.engine(), main).reaching(o.reach())));
    return operator -> byOperator.getOrDefault(operator, main);
  }

  private static void addAll(Map<String, Site> byLabel, DeviceProfile device, boolean onModule) {
    for (ComputeEngine engine : device.engines()) {
      byLabel.put(device.name() + "/" + engine.name(), new Site(device, engine, onModule, 1));
    }
  }
}
