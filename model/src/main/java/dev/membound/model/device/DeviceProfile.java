package dev.membound.model.device;

import dev.membound.model.catalogue.Section;
import dev.membound.model.memory.hbf.HbfMemory;
import dev.membound.model.network.Link;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.workload.Kernel;
import dev.membound.model.workload.Operator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A device: its memories and the engines that use them.
 *
 * @param name catalogue name
 * @param title for people
 * @param description what it is and what the file leaves out
 * @param memory where weights lie, and the KV cache unless it has a memory of its own
 * @param kvMemory where the KV cache and recurrent states lie instead
 * @param engines the first one holds the activations; each operator runs on the fastest that can
 * @param link to its equals; empty where several do not work together
 * @param power drawn under load
 * @param facts data-sheet values that no equation of time needs
 * @param modelError measured over predicted time, about 1: what the equations leave out
 */
public record DeviceProfile(
    String name,
    String title,
    String description,
    MemoryTier memory,
    Optional<MemoryTier> kvMemory,
    List<ComputeEngine> engines,
    Optional<Link> link,
    Optional<Quantity> power,
    DeviceFacts facts,
    Quantity modelError) {

  public DeviceProfile {
    engines = List.copyOf(engines);
    if (engines.isEmpty()) {
      throw new IllegalArgumentException("device " + name + " has no engine");
    }
  }

  static DeviceProfile read(Section file) {
    MemoryTier memory = MemoryTier.read(file.section("memory"));
    return new DeviceProfile(
        file.text("name"),
        file.text("title"),
        file.text("description"),
        memory,
        file.has("kv_memory")
            ? Optional.of(MemoryTier.read(file.section("kv_memory")))
            : Optional.empty(),
        file.sections("engines").stream().map(ComputeEngine::read).toList(),
        file.has("link") ? Optional.of(Link.read(file.section("link"))) : Optional.empty(),
        file.optionalQuantity("power", Dimension.POWER, 0),
        file.has("facts") ? DeviceFacts.read(file.section("facts")) : DeviceFacts.NONE,
        file.positive("model_error", Dimension.RATIO));
  }

  /** The engine that holds the activations. */
  public ComputeEngine mainEngine() {
    return engines.getFirst();
  }

  /** The memory in which an operator's streamed operand lies. */
  public MemoryTier memoryOf(Operator.Home home) {
    return switch (home) {
      case KV, STATE -> kvMemory.orElse(memory);
      case WEIGHTS, ACTIVATIONS -> memory;
    };
  }

  /** Every value with its source: {@code memory.row_cycle}, {@code tensor-cores.startup}. */
  public Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>();
    addAll(all, "memory", memory.quantities());
    kvMemory.ifPresent(tier -> addAll(all, "kv_memory", tier.quantities()));
    engines.forEach(engine -> addAll(all, engine.name(), engine.quantities()));
    link.ifPresent(wire -> addAll(all, "link", wire.quantities()));
    power.ifPresent(watts -> all.put("power", watts));
    addAll(all, "facts", facts.byName());
    all.put("model_error", modelError);
    return all;
  }

  private static void addAll(
      Map<String, Quantity> all, String prefix, Map<String, Quantity> quantities) {
    quantities.forEach((key, quantity) -> all.put(prefix + "." + key, quantity));
  }

  /** The same device with the KV cache beside the weights, whatever memory it has for it. */
  public DeviceProfile withKvBesideWeights() {
    return withMemories(memory, Optional.empty());
  }

  /**
   * The same device with its weights, and its KV cache unless that has a memory of its own, in
   * {@code other}.
   *
   * @throws IllegalArgumentException when engines sit inside the memory that it replaces
   */
  public DeviceProfile withWeightsIn(MemoryTier other) {
    if (engines.stream().anyMatch(engine -> engine.place() == ComputeEngine.Place.NEAR)) {
      throw new IllegalArgumentException(
          "device " + name + " computes inside its memory, which can be no other");
    }
    return withMemories(other, kvMemory);
  }

  /** The same device with a memory of its own for the KV cache. */
  public DeviceProfile withKvIn(MemoryTier other) {
    return withMemories(memory, Optional.of(other));
  }

  /** The same device with every flash made to hold a KV cache that grows with every token. */
  public DeviceProfile withKvForcedOnFlash() {
    return withMemories(forced(memory), kvMemory.map(DeviceProfile::forced));
  }

  private static MemoryTier forced(MemoryTier tier) {
    return tier.model() instanceof HbfMemory flash
        ? new MemoryTier(tier.name(), tier.capacityBytes(), flash.withKvCacheForced())
        : tier;
  }

  private DeviceProfile withMemories(MemoryTier weights, Optional<MemoryTier> kv) {
    return new DeviceProfile(
        name, title, description, weights, kv, engines, link, power, facts, modelError);
  }

  /** The same device with efficiencies of 1 and overheads of 0: the limit of its data sheet. */
  public DeviceProfile ideal() {
    return new DeviceProfile(
        name,
        title,
        description,
        memory.ideal(),
        kvMemory.map(MemoryTier::ideal),
        engines.stream().map(ComputeEngine::ideal).toList(),
        link.map(Link::ideal),
        power,
        facts,
        modelError.idealised(1));
  }

  /**
   * The same device at {@code share} of its clock: arithmetic slows down, memory does not.
   *
   * @param share above 0, at most 1
   */
  public DeviceProfile atClock(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("a share of the clock is above 0 and at most 1: " + share);
    }
    return withEngines(
        engines.stream()
            .map(engine -> engine.withClockShare(share, "the power cap leaves"))
            .toList());
  }

  /** The same device with overlap exponents from a calibration, which do not depend on a device. */
  public DeviceProfile withOverlap(Map<Kernel, Quantity> calibrated) {
    return withEngines(engines.stream().map(engine -> engine.withOverlap(calibrated)).toList());
  }

  private DeviceProfile withEngines(List<ComputeEngine> others) {
    return new DeviceProfile(
        name, title, description, memory, kvMemory, others, link, power, facts, modelError);
  }
}
