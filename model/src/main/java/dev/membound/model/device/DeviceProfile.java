package dev.membound.model.device;

import dev.membound.model.catalogue.Section;
import dev.membound.model.network.Link;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.workload.Kernel;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A device: one memory and the engines that use it.
 *
 * @param name catalogue name
 * @param title for people
 * @param description what it is and what the file leaves out
 * @param memory where weights and KV cache lie
 * @param engines the first one holds the activations; each operator runs on the fastest that can
 * @param link to its equals; empty where several do not work together
 * @param power drawn under load
 * @param modelError measured over predicted time, about 1: what the equations leave out
 */
public record DeviceProfile(
    String name,
    String title,
    String description,
    MemoryTier memory,
    List<ComputeEngine> engines,
    Optional<Link> link,
    Optional<Quantity> power,
    Quantity modelError) {

  public DeviceProfile {
    engines = List.copyOf(engines);
    if (engines.isEmpty()) {
      throw new IllegalArgumentException("device " + name + " has no engine");
    }
  }

  static DeviceProfile read(Section file) {
    return new DeviceProfile(
        file.text("name"),
        file.text("title"),
        file.text("description"),
        MemoryTier.read(file.section("memory")),
        file.sections("engines").stream().map(ComputeEngine::read).toList(),
        file.has("link") ? Optional.of(Link.read(file.section("link"))) : Optional.empty(),
        file.optionalQuantity("power", Dimension.POWER, 0),
        file.positive("model_error", Dimension.RATIO));
  }

  /** The engine that holds the activations. */
  public ComputeEngine mainEngine() {
    return engines.getFirst();
  }

  /** The same device with efficiencies of 1 and overheads of 0: the limit of its data sheet. */
  public DeviceProfile ideal() {
    return new DeviceProfile(
        name,
        title,
        description,
        new MemoryTier(memory.name(), memory.capacityBytes(), memory.model().ideal()),
        engines.stream().map(ComputeEngine::ideal).toList(),
        link.map(Link::ideal),
        power,
        modelError.idealised(1));
  }

  /** The same device with overlap exponents from a calibration, which do not depend on a device. */
  public DeviceProfile withOverlap(Map<Kernel, Quantity> calibrated) {
    return new DeviceProfile(
        name,
        title,
        description,
        memory,
        engines.stream().map(engine -> engine.withOverlap(calibrated)).toList(),
        link,
        power,
        modelError);
  }
}
