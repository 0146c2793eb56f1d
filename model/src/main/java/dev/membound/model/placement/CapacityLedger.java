package dev.membound.model.placement;

import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LayerGroup;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.KvFootprint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What lies where, by component, and whether it fits. Devices of a pool share its bytes evenly.
 *
 * @param pools the devices, then the KV modules or the devices' own memory for the KV cache if
 *     there is either
 */
public record CapacityLedger(List<Pool> pools) {

  /**
   * Equal devices and what they hold together.
   *
   * @param device catalogue name
   * @param count how many
   * @param capacityBytes of all of them
   * @param bytesByComponent {@code weights}, {@code kv}, {@code index}, {@code activations}, {@code
   *     workspace}
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

  /**
   * The ledger of a workload on a system.
   *
   * @throws IllegalArgumentException when a memory refuses the KV cache, with its reason
   */
  public static CapacityLedger of(
      HardwareSystem system, LlmArchitecture model, InferenceWorkload workload) {
    Map<String, Long> held = new LinkedHashMap<>();
    held.put("weights", weightBytes(model, workload.formats().weights()));
    Map<String, Long> kv = kvBytes(model, workload);
    if (system.kvModule().isEmpty()) {
      held.putAll(kv);
    }
    held.put("activations", activationBytes(model, workload));
    // Logits in single precision.
    held.put("workspace", 4L * workload.batch() * model.vocabulary());
    Pool devices = devicePool(system, model, held);
    List<Pool> pools =
        system
            .kvModule()
            .map(module -> List.of(devices, modulePool(module, system.kvModules(), kv)))
            .orElse(List.of(devices));
    return new CapacityLedger(KvTier.split(pools, system, model, workload));
  }

  /** Bytes of all parameters. */
  public static long weightBytes(LlmArchitecture model, DataFormat format) {
    return format.bytes(model.matrixElements())
        + format.vectorFormat().bytes(model.vectorElements());
  }

  private static Map<String, Long> kvBytes(LlmArchitecture model, InferenceWorkload workload) {
    Formats formats = workload.formats();
    long tokens = workload.finalContextTokens();
    Map<String, Long> bytes = new LinkedHashMap<>();
    bytes.put(
        "kv",
        Math.multiplyExact(
            workload.batch() * tokens, KvFootprint.bytesPerToken(model, formats.kv())));
    long index = KvFootprint.indexBytes(model, formats.kv(), workload.selection(), tokens);
    if (index > 0) {
      bytes.put("index", workload.batch() * index);
    }
    return bytes;
  }

  /** Residual stream, and input and output of the widest operator. */
  private static long activationBytes(LlmArchitecture model, InferenceWorkload workload) {
    long widest = 0;
    for (LayerGroup group : model.groups()) {
      long inner = group.feedForward().expandElements(model.hidden()) / model.hidden();
      long qkv = group.attention().queryElements() + group.attention().kvElementsPerToken();
      widest = Math.max(widest, Math.max(inner, qkv));
    }
    long elements = workload.batch() * workload.newTokens() * (2L * model.hidden() + widest);
    return workload.formats().activations().bytes(elements);
  }

  private static Pool devicePool(
      HardwareSystem system, LlmArchitecture model, Map<String, Long> held) {
    DeviceProfile device = system.device();
    long capacity = capacityBytes(device);
    long bytes = held.values().stream().mapToLong(Long::longValue).sum();
    int heads = model.groups().getFirst().attention().queryHeads();
    int smallest = 0;
    int most = device.link().isPresent() ? heads : 1;
    for (int n = 1; n <= most && smallest == 0; n++) {
      if (heads % n == 0 && bytes <= capacity * n) {
        smallest = n;
      }
    }
    return new Pool(device.name(), system.count(), capacity * system.count(), held, smallest);
  }

  private static Pool modulePool(DeviceProfile module, int count, Map<String, Long> held) {
    long capacity = capacityBytes(module);
    long bytes = held.values().stream().mapToLong(Long::longValue).sum();
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
