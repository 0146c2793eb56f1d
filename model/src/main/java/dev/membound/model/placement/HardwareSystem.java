package dev.membound.model.placement;

import dev.membound.model.device.DeviceProfile;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.workload.Sharding;
import java.util.Optional;

/**
 * Equal devices that share a model, and, where there are any, near-memory modules that hold the KV
 * cache and attend to it in their place.
 *
 * @param device what the devices are
 * @param sharding how many there are, and how they share
 * @param kvModule what the modules are; present exactly when the sharding has some
 */
public record HardwareSystem(
    DeviceProfile device, Sharding sharding, Optional<DeviceProfile> kvModule) {

  public HardwareSystem {
    if ((sharding.kvModules() == 0) != kvModule.isEmpty()) {
      throw new IllegalArgumentException(
          "a number of KV modules goes with what they are, got " + sharding.kvModules());
    }
    if (sharding.devices() > 1 && device.link().isEmpty()) {
      throw new IllegalArgumentException(
          "device "
              + device.name()
              + " has no link, so "
              + sharding.devices()
              + " cannot share a model");
    }
    kvModule.ifPresent(
        module -> {
          if (!(module.memory().model() instanceof NearMemory)) {
            throw new IllegalArgumentException(
                "device " + module.name() + " has no near memory and cannot hold the KV cache");
          }
        });
  }

  /** {@code count} devices that share by tensor parallelism, without KV modules. */
  public static HardwareSystem of(DeviceProfile device, int count) {
    return of(device, Sharding.tensor(count));
  }

  /** Devices that share in a given way, without KV modules. */
  public static HardwareSystem of(DeviceProfile device, Sharding sharding) {
    return new HardwareSystem(device, sharding, Optional.empty());
  }

  /** The same devices with {@code modules} modules that hold the KV cache. */
  public HardwareSystem withKvModules(DeviceProfile module, int modules) {
    if (modules < 1) {
      throw new IllegalArgumentException("the number of KV modules must be positive: " + modules);
    }
    return new HardwareSystem(device, sharding.withKvModules(modules), Optional.of(module));
  }

  /** Devices, KV modules not counted. */
  public int count() {
    return sharding.devices();
  }

  /** Modules that hold the KV cache, 0 for none. */
  public int kvModules() {
    return sharding.kvModules();
  }

  /** Name for reports: {@code h100-sxm} or {@code h100-sxm+cxl-pnm}; counts are told apart. */
  public String name() {
    return device.name() + kvModule.map(module -> "+" + module.name()).orElse("");
  }
}
