package dev.membound.model.placement;

import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.MemoryTier;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.KvFootprint;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What lies where, by component, and whether it fits.
 *
 * @param pools the devices' memory, the memory of their own for the KV cache if they have one, the
 *     KV modules if there are any
 */
public record CapacityLedger(List<Pool> pools) {
  private static final String DRAFT = "draft-";

  /**
   * Equal memories and what they hold together, each as much as the fullest.
   *
   * @param device catalogue name
   * @param count how many
   * @param capacityBytes of all of them
   * @param bytesByComponent {@code weights}, {@code kv}, {@code index}, {@code state}, {@code
   *     activations}, {@code workspace}; with a model that drafts its {@code draft-weights}, {@code
   *     draft-kv}, {@code draft-index} and {@code draft-state}
   * @param fewest looks for {@link #smallest}: a search that most askers do not need
   */
  public record Pool(
      String device,
      int count,
      long capacityBytes,
      Map<String, Long> bytesByComponent,
      Supplier<Optional<Sharding>> fewest) {

    /** The fewest of these devices that hold it, and how they share; empty when no number does. */
    public Optional<Sharding> smallest() {
      return fewest.get();
    }

    /** All components. */
    public long bytes() {
      return sum(bytesByComponent);
    }

    /** What one of them holds. */
    public long bytesPerDevice() {
      return Math.ceilDiv(bytes(), count);
    }

    /** What is missing; 0 when it fits. */
    public long shortfallBytes() {
      return Math.max(0, bytes() - capacityBytes);
    }

    /** Fewest of these devices that hold it; 0 when no number does. */
    public int smallestCount() {
      return smallest().map(Sharding::devices).orElse(0);
    }
  }

  /**
   * What has to lie somewhere.
   *
   * @param draft a model that drafts for it, on the same devices with the same contexts
   */
  private record Residents(
      LlmArchitecture model, Optional<LlmArchitecture> draft, InferenceWorkload workload) {

    /** Bytes of the fullest device by component; drafting shares activations and workspace. */
    Map<String, Long> share(Sharding sharding) {
      Map<String, Long> held = DeviceShare.of(model, workload, sharding);
      draft.ifPresent(
          small ->
              DeviceShare.of(small, workload, sharding)
                  .forEach(
                      (component, bytes) -> {
                        if (component.equals("weights") || DeviceShare.isCache(component)) {
                          held.put(DRAFT + component, bytes);
                        }
                      }));
      return held;
    }

    /** Whether the model that drafts can be shared so, too. */
    boolean shares(Sharding sharding) {
      return draft.map(small -> Shardings.allow(small, sharding)).orElse(true);
    }

    KvFootprint cache(LlmArchitecture of) {
      return KvFootprint.of(
          of,
          workload.formats(),
          workload.selection(),
          workload.batch(),
          workload.finalContextTokens(),
          workload.sharedPrefixTokens());
    }
  }

  /** A sharing that fits, or the only one there is: nothing to look for. */
  private record Known(Sharding sharding) implements Supplier<Optional<Sharding>> {
    @Override
    public Optional<Sharding> get() {
      return Optional.of(sharding);
    }
  }

  /** Tries shardings by their number of devices until one fits. A record: ledgers stay equal. */
  private record Searched(DeviceProfile device, Residents residents, Sharding sharding)
      implements Supplier<Optional<Sharding>> {
    @Override
    public Optional<Sharding> get() {
      int most = device.link().isPresent() ? Integer.MAX_VALUE : 1;
      // More parts than these never make a device's share smaller.
      for (Sharding candidate :
          Shardings.byDevices(residents.model(), residents.workload(), most)) {
        Sharding whole = candidate.withKvModules(0);
        boolean modular = sharding.kvModules() > 0;
        if (modular && candidate.tensorParallel() != candidate.devices()) {
          continue;
        }
        Sharding tried = modular ? whole.withKvModules(sharding.kvModules()) : whole;
        if (residents.shares(tried) && fits(device, residents.share(tried))) {
          return Optional.of(tried);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * The ledger of a workload on a system.
   *
   * @throws IllegalArgumentException when a memory refuses the KV cache, with its reason
   */
  public static CapacityLedger of(
      HardwareSystem system, LlmArchitecture model, InferenceWorkload workload) {
    return of(system, new Residents(model, Optional.empty(), workload));
  }

  /**
   * The ledger of speculative decoding: {@code draft} lies on the same devices, shared in the same
   * way, with a KV cache of its own.
   *
   * @throws IllegalArgumentException when a memory refuses the KV cache, with its reason
   */
  public static CapacityLedger withDraft(
      HardwareSystem system,
      LlmArchitecture model,
      LlmArchitecture draft,
      InferenceWorkload workload) {
    return of(system, new Residents(model, Optional.of(draft), workload));
  }

  private static CapacityLedger of(HardwareSystem system, Residents residents) {
    Sharding sharding = system.sharding();
    DeviceProfile device = system.device();
    Map<String, Long> held = residents.share(sharding);
    refuse(device, residents, held);
    Supplier<Optional<Sharding>> fewest =
        fits(device, held) ? new Known(sharding) : new Searched(device, residents, sharding);
    List<Pool> pools = new ArrayList<>();
    int count = system.count();
    pools.add(pool(device.name(), count, device.memory(), part(device, held, false), fewest));
    device
        .kvMemory()
        .filter(tier -> !part(device, held, true).isEmpty())
        .ifPresent(
            tier ->
                pools.add(
                    pool(
                        device.name() + "/" + tier.name(),
                        count,
                        tier,
                        part(device, held, true),
                        fewest)));
    system
        .kvModule()
        .ifPresent(module -> pools.add(modulePool(module, sharding.kvModules(), residents)));
    return new CapacityLedger(List.copyOf(pools));
  }

  private static Pool pool(
      String name,
      int count,
      MemoryTier tier,
      Map<String, Long> perDevice,
      Supplier<Optional<Sharding>> fewest) {
    Map<String, Long> all = new LinkedHashMap<>();
    perDevice.forEach((component, bytes) -> all.put(component, Math.multiplyExact(bytes, count)));
    return new Pool(name, count, Math.multiplyExact(capacity(tier), count), all, fewest);
  }

  /** What of {@code held} lies in the main memory of a device, or in that for the KV cache. */
  private static Map<String, Long> part(
      DeviceProfile device, Map<String, Long> held, boolean cache) {
    if (device.kvMemory().isEmpty()) {
      return held;
    }
    Map<String, Long> part = new LinkedHashMap<>();
    held.forEach(
        (component, bytes) -> {
          String kind =
              component.startsWith(DRAFT) ? component.substring(DRAFT.length()) : component;
          if (DeviceShare.isCache(kind) == cache) {
            part.put(component, bytes);
          }
        });
    return part;
  }

  private static boolean fits(DeviceProfile device, Map<String, Long> held) {
    boolean main = sum(part(device, held, false)) <= capacity(device.memory());
    return main
        && device
            .kvMemory()
            .map(tier -> sum(part(device, held, true)) <= capacity(tier))
            .orElse(true);
  }

  private static long sum(Map<String, Long> held) {
    return held.values().stream().reduce(0L, Math::addExact);
  }

  private static long capacity(MemoryTier tier) {
    return (long) tier.capacityBytes().value();
  }

  private static void refuse(DeviceProfile device, Residents residents, Map<String, Long> held) {
    if (held.getOrDefault("kv", 0L) == 0) {
      return;
    }
    long bytesPerToken =
        KvFootprint.writtenBytesPerToken(residents.model(), residents.workload().formats().kv());
    device
        .kvMemory()
        .orElse(device.memory())
        .model()
        .refusalOfKvCache(bytesPerToken)
        .ifPresent(
            reason -> {
              throw new IllegalArgumentException("device " + device.name() + ": " + reason);
            });
  }

  private static Pool modulePool(DeviceProfile module, int count, Residents residents) {
    Map<String, Long> held = new LinkedHashMap<>();
    putCache(held, "", residents.cache(residents.model()));
    residents.draft().ifPresent(small -> putCache(held, DRAFT, residents.cache(small)));
    long capacity = capacity(module.memory());
    long smallest = Math.max(1, Math.ceilDiv(sum(held), capacity));
    return new Pool(
        module.name(),
        count,
        Math.multiplyExact(capacity, count),
        held,
        new Known(Sharding.tensor(Math.toIntExact(smallest))));
  }

  private static void putCache(Map<String, Long> held, String prefix, KvFootprint cache) {
    held.put(prefix + "kv", cache.kvBytes());
    if (cache.indexBytes() > 0) {
      held.put(prefix + "index", cache.indexBytes());
    }
  }

  /** Bytes of all parameters. */
  public static long weightBytes(LlmArchitecture model, DataFormat format) {
    return format.bytes(model.matrixElements())
        + format.vectorFormat().bytes(model.vectorElements());
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
                    smallest(pool)))
        .toList();
  }

  private static String smallest(Pool pool) {
    return pool.smallest()
        .map(
            s ->
                "the smallest count that fits is "
                    + s.devices()
                    + (s.pipelineParallel() * s.dataParallel() * s.contextParallel() > 1
                        ? " (" + s.label() + ")"
                        : ""))
        .orElse("no number of them holds it");
  }
}
