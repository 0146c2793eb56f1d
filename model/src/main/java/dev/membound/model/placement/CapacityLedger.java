package dev.membound.model.placement;

import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LayerGroup;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.KvFootprint;
import dev.membound.model.workload.Sharding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What lies where, by component, and whether it fits. Devices of a pool share its bytes evenly.
 *
 * @param pools the devices, then the KV modules if there are any
 */
public record CapacityLedger(List<Pool> pools) {

  /**
   * Equal devices and what they hold together.
   *
   * @param device catalogue name
   * @param count how many
   * @param capacityBytes of all of them
   * @param bytesByComponent {@code weights}, {@code kv}, {@code index}, {@code state}, {@code
   *     activations}, {@code workspace}
   * @param smallestCount fewest of these devices that hold it; 0 when no number does
   */
  public record Pool(
      String device,
      int count,
      long capacityBytes,
      Map<String, Long> bytesByComponent,
      int smallestCount) {

    /** All components. */
    public long bytes() {
      return bytesByComponent.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What is missing; 0 when it fits. */
    public long shortfallBytes() {
      return Math.max(0, bytes() - capacityBytes);
    }
  }

  /** The ledger of a workload on a system. */
  public static CapacityLedger of(
      HardwareSystem system, LlmArchitecture model, InferenceWorkload workload) {
    KvFootprint footprint = footprint(model, workload);
    Pool devices = devicePool(system, model, workload, footprint);
    List<Pool> pools =
        system
            .kvModule()
            .map(
                module -> {
                  Map<String, Long> cache = new LinkedHashMap<>();
                  putCache(cache, footprint, 1);
                  return List.of(devices, modulePool(module, system.kvModules(), cache));
                })
            .orElse(List.of(devices));
    return new CapacityLedger(KvTier.split(pools, system, model, workload));
  }

  private static KvFootprint footprint(LlmArchitecture model, InferenceWorkload workload) {
    return KvFootprint.of(
        model,
        workload.formats(),
        workload.selection(),
        workload.batch(),
        workload.finalContextTokens(),
        workload.sharedPrefixTokens());
  }

  private static void putCache(Map<String, Long> held, KvFootprint footprint, double copies) {
    held.put("kv", copied(footprint.kvBytes(), copies));
    if (footprint.indexBytes() > 0) {
      held.put("index", copied(footprint.indexBytes(), copies));
    }
  }

  private static long copied(long bytes, double copies) {
    return copies == 1 ? bytes : Math.round(bytes * copies);
  }

  /** What {@code devices} devices hold together: they copy the KV heads that they cannot divide. */
  private static Map<String, Long> held(
      LlmArchitecture model,
      InferenceWorkload workload,
      Optional<KvFootprint> cache,
      long stateBytes,
      int devices) {
    Map<String, Long> held = new LinkedHashMap<>();
    held.put("weights", weightBytes(model, workload.formats().weights()));
    cache.ifPresent(
        footprint -> putCache(held, footprint, kvCopies(model, new Sharding(devices, 0))));
    if (stateBytes > 0) {
      held.put("state", stateBytes);
    }
    held.put("activations", activationBytes(model, workload));
    // Logits in single precision.
    held.put("workspace", 4L * workload.batch() * model.vocabulary());
    return held;
  }

  /** Copies of the KV cache: devices of a group that do not share a token, by bytes of a token. */
  private static double kvCopies(LlmArchitecture model, Sharding sharding) {
    long once = 0;
    long copied = 0;
    for (LayerGroup group : model.groups()) {
      long elements = group.count() * group.attention().kvElementsPerToken();
      once += elements;
      int sharers = sharding.kvSharers(group.attention());
      copied += elements * (sharding.tensorParallel() / sharers);
    }
    return once == 0 ? 1 : (double) copied / once;
  }

  /** Bytes of all parameters. */
  public static long weightBytes(LlmArchitecture model, DataFormat format) {
    return format.bytes(model.matrixElements())
        + format.vectorFormat().bytes(model.vectorElements());
  }

  /** Residual stream, and input and output of the widest operator. */
  private static long activationBytes(LlmArchitecture model, InferenceWorkload workload) {
    long widest = 0;
    for (LayerGroup group : model.groups()) {
      long inner = group.feedForward().widestElements();
      long qkv = group.attention().outputElements() + group.attention().kvElementsPerToken();
      widest = Math.max(widest, Math.max(inner, qkv));
    }
    long elements = workload.batch() * workload.newTokens() * (2L * model.hidden() + widest);
    return workload.formats().activations().bytes(elements);
  }

  private static Pool devicePool(
      HardwareSystem system,
      LlmArchitecture model,
      InferenceWorkload workload,
      KvFootprint footprint) {
    DeviceProfile device = system.device();
    Optional<KvFootprint> cache =
        system.kvModule().isEmpty() ? Optional.of(footprint) : Optional.empty();
    long states = footprint.stateBytes();
    long capacity = capacityBytes(device);
    int heads = model.queryHeads();
    int smallest = 0;
    int most = device.link().isPresent() ? heads : 1;
    for (int n = 1; n <= most && smallest == 0; n++) {
      if (heads % n == 0 && sum(held(model, workload, cache, states, n)) <= capacity * n) {
        smallest = n;
      }
    }
    return new Pool(
        device.name(),
        system.count(),
        capacity * system.count(),
        held(model, workload, cache, states, system.count()),
        smallest);
  }

  private static long sum(Map<String, Long> held) {
    return held.values().stream().mapToLong(Long::longValue).sum();
  }

  private static Pool modulePool(DeviceProfile module, int count, Map<String, Long> held) {
    long capacity = capacityBytes(module);
    long bytes = sum(held);
    int smallest = (int) Math.max(1, Math.ceilDiv(bytes, capacity));
    return new Pool(module.name(), count, capacity * count, held, smallest);
  }

  private static long capacityBytes(DeviceProfile device) {
    return (long) device.memory().capacityBytes().value();
  }

  /** Whether every pool fits. */
  public boolean fits() {
    return shortfallBytes() == 0;
  }

  /** Bytes that are missing over all pools. */
  public long shortfallBytes() {
    return pools.stream().mapToLong(Pool::shortfallBytes).sum();
  }

  /** Bytes that the system offers. */
  public long capacityBytes() {
    return pools.stream().mapToLong(Pool::capacityBytes).sum();
  }

  /** Bytes by component over all pools. */
  public Map<String, Long> bytesByComponent() {
    Map<String, Long> all = new LinkedHashMap<>();
    for (Pool pool : pools) {
      pool.bytesByComponent().forEach((component, bytes) -> all.merge(component, bytes, Long::sum));
    }
    return all;
  }

  /** One line about each pool that does not fit; empty when all do. */
  public List<String> problems() {
    return pools.stream()
        .filter(pool -> pool.shortfallBytes() > 0)
        .map(
            pool ->
                String.format(
                    Locale.ROOT,
                    "does not fit on %d x %s: short by %.2f GB of %.2f GB; %s",
                    pool.count(),
                    pool.device(),
                    pool.shortfallBytes() / 1e9,
                    pool.bytes() / 1e9,
                    pool.smallestCount() == 0
                        ? "no number of them holds it"
                        : "the smallest count that fits is " + pool.smallestCount()))
        .toList();
  }
}
