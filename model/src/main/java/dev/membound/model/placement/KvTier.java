package dev.membound.model.placement;

import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.MemoryTier;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.placement.CapacityLedger.Pool;
import dev.membound.model.workload.InferenceWorkload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Moves the KV cache of devices that have a memory of its own for it into a pool of its own. */
final class KvTier {
  private static final Set<String> CACHE = Set.of("kv", "index", "state");

  private KvTier() {}

  /**
   * The pools of a system with the devices first.
   *
   * @throws IllegalArgumentException when a memory refuses the KV cache, with its reason
   */
  static List<Pool> split(
      List<Pool> pools, HardwareSystem system, LlmArchitecture model, InferenceWorkload workload) {
    DeviceProfile device = system.device();
    Pool devices = pools.getFirst();
    MemoryTier home = device.kvMemory().orElse(device.memory());
    refuse(device, home.model(), devices, workload);
    if (device.kvMemory().isEmpty() || !devices.bytesByComponent().containsKey("kv")) {
      return pools;
    }
    int heads = model.queryHeads();
    List<Pool> all = new ArrayList<>(pools);
    all.set(0, pool(device.name(), device, device.memory(), devices, heads, false));
    all.add(pool(device.name() + "/" + home.name(), device, home, devices, heads, true));
    return all;
  }

  private static void refuse(
      DeviceProfile device, MemoryModel home, Pool devices, InferenceWorkload workload) {
    long kv = devices.bytesByComponent().getOrDefault("kv", 0L);
    long tokens = Math.max(1, workload.batch() * workload.finalContextTokens());
    Optional<String> refusal = kv == 0 ? Optional.empty() : home.refusalOfKvCache(kv / tokens);
    refusal.ifPresent(
        reason -> {
          throw new IllegalArgumentException("device " + device.name() + ": " + reason);
        });
  }

  private static Pool pool(
      String name, DeviceProfile device, MemoryTier tier, Pool whole, int heads, boolean cache) {
    Map<String, Long> held = new LinkedHashMap<>();
    whole
        .bytesByComponent()
        .forEach(
            (component, bytes) -> {
              if (CACHE.contains(component) == cache) {
                held.put(component, bytes);
              }
            });
    long capacity = (long) tier.capacityBytes().value();
    long bytes = held.values().stream().mapToLong(Long::longValue).sum();
    int smallest = 0;
    int most = device.link().isPresent() ? heads : 1;
    for (int n = 1; n <= most && smallest == 0; n++) {
      if (heads % n == 0 && bytes <= capacity * n) {
        smallest = n;
      }
    }
    return new Pool(name, whole.count(), capacity * whole.count(), held, smallest);
  }
}
