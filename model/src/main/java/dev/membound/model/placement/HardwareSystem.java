package dev.membound.model.placement;

import dev.membound.model.device.DeviceProfile;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.workload.Sharding;
import java.util.Optional;

/**
 * Equal devices that share a model by tensor parallelism, and, where there are any, near-memory
 * modules that hold the KV cache and attend to it in their place.
 *
 * @param device what the devices are
 * @param count how many
 * @param kvModule what the modules are
 * @param kvModules how many, 0 exactly when there is no {@code kvModule}
 */
public record HardwareSystem(
    DeviceProfile device, int count, Optional<DeviceProfile> kvModule, int kvModules) {

  public HardwareSystem {
    if (count < 1 || kvModules < 0 || (kvModules == 0) != kvModule.isEmpty()) {
      throw new IllegalArgumentException(
          "device counts must be positive, got " + count + " and " + kvModules + " KV modules");
    }
    if (count > 1 && device.link().isEmpty()) {
      throw new IllegalArgumentException(
          "device " + device.name() + " has no link, so " + count + " cannot share a model");
    }
    kvModule.ifPresent(
        module -> {
          if (!(module.memory().model() instanceof NearMemory)) {
            throw new IllegalArgumentException(
                "device " + module.name() + " has no near memory and cannot hold the KV cache");
          }
        });
  }

  /** {@code count} devices without KV modules. */
  public static HardwareSystem of(DeviceProfile device, int count) {
    return new HardwareSystem(device, count, Optional.empty(), 0);
  }

  /** The same devices with {@code modules} modules that hold the KV cache. */
  public HardwareSystem withKvModules(DeviceProfile module, int modules) {
    return new HardwareSystem(device, count, Optional.of(module), modules);
  }

  /** Name for reports: {@code h100-sxm} or {@code h100-sxm+cxl-pnm}; counts are told apart. */
  public String name() {
    return device.name() + kvModule.map(module -> "+" + module.name()).orElse("");
  }

  /** How the model is shared. */
  public Sharding sharding() {
    return new Sharding(count, kvModules);
  }
}
