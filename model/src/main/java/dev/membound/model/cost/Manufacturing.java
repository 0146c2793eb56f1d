package dev.membound.model.cost;

import dev.membound.model.catalogue.Catalogue;
import dev.membound.model.catalogue.CatalogueException;
import dev.membound.model.catalogue.Section;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.MemoryTier;
import dev.membound.model.energy.EnergyFacts;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Price and embodied carbon of a device: published where its file has them, else built up.
 *
 * <pre>
 *   price  = margin · (die / yield + Σ memory · price a byte(year))
 *   carbon = die / yield + packages + Σ memory · carbon a byte + board · board power
 *   die    = area · (fab grid · fab energy + gases + materials)
 *   yield  = (1 + area · defects / 3)^−3
 * </pre>
 *
 * <p>Not captured: dies of several chiplets as several areas, test, research.
 */
public final class Manufacturing {
  private static final String PRICE = "release_price";
  private static final String CARBON = "embodied_carbon";

  private final Quantity fabGrid;
  private final Quantity materials;
  private final Quantity packageCarbon;
  private final Quantity boardCarbon;
  private final Quantity hostCarbon;
  private final Quantity margin;
  private final Quantity unknownDiePrice;
  private final Quantity unknownDieCarbon;
  private final Map<MemoryTechnology, Quantity> memoryCarbon;
  private final List<ProcessNode> nodes;

  private static final class Presets {
    static final Catalogue<Manufacturing> ALL =
        new Catalogue<>("manufacturing", Manufacturing.class, "embodied", Manufacturing::new);
  }

  private Manufacturing(Section file) {
    file.text("name");
    file.text("title");
    file.text("description");
    fabGrid = file.quantity("fab_grid", Dimension.CARBON_PER_ENERGY, 0);
    materials = file.quantity("materials", Dimension.CARBON_PER_AREA, 0);
    packageCarbon = file.quantity("package", Dimension.CARBON, 0);
    boardCarbon = file.quantity("board", Dimension.CARBON_PER_POWER, 0);
    hostCarbon = file.quantity("host", Dimension.CARBON_PER_POWER, 0);
    margin = file.positive("die_margin", Dimension.RATIO);
    unknownDieCarbon = file.quantity("unknown_die_carbon", Dimension.CARBON, 0);
    unknownDiePrice = file.quantity("unknown_die", Dimension.PRICE, 0);
    Section memory = file.section("memory");
    memoryCarbon = new EnumMap<>(MemoryTechnology.class);
    for (MemoryTechnology technology : MemoryTechnology.values()) {
      memoryCarbon.put(technology, memory.quantity(technology.key(), Dimension.CARBON_PER_BYTE, 0));
    }
    memory.finish();
    List<ProcessNode> read = new ArrayList<>();
    file.sections("nodes").forEach(section -> read.add(ProcessNode.read(section)));
    nodes = List.copyOf(read);
  }

  /** What is used unless a user names a file. */
  public static Manufacturing standard() {
    return find("default");
  }

  /**
   * A preset by name, or a user's file by path.
   *
   * @throws CatalogueException one line: unknown, or what is wrong in the file
   */
  public static Manufacturing find(String nameOrPath) {
    return Presets.ALL.find(nameOrPath);
  }

  /** USD of one device bought in a year. */
  public double price(DeviceProfile device, double year, Draw draw) {
    Quantity published = device.facts().byName().get(PRICE);
    return published != null ? draw.of(published) : builtPrice(device, year, draw);
  }

  /** USD of one device from its parts, whatever was published. */
  public double builtPrice(DeviceProfile device, double year, Draw draw) {
    double die =
        area(device)
            .map(area -> node(device).diePrice(draw.of(area), draw))
            .orElseGet(() -> draw.of(unknownDiePrice));
    double memory =
        memories(device)
            .mapToDouble(
                tier ->
                    draw.of(tier.capacityBytes())
                        * MemoryPrice.of(MemoryTechnology.of(tier)).pricePerByte(year, draw))
            .sum();
    return draw.of(margin) * (die + memory);
  }

  /** kg CO2e of making one device. */
  public double embodiedCarbon(DeviceProfile device, Draw draw) {
    Quantity published = device.facts().byName().get(CARBON);
    return published != null ? draw.of(published) : builtCarbon(device, draw);
  }

  /** kg CO2e of one device from its parts, whatever was published. */
  public double builtCarbon(DeviceProfile device, Draw draw) {
    double die =
        area(device)
            .map(
                area ->
                    node(device)
                        .dieCarbon(draw.of(area), draw.of(fabGrid), draw.of(materials), draw))
            .orElseGet(() -> draw.of(unknownDieCarbon));
    double memory =
        memories(device)
            .mapToDouble(
                tier ->
                    draw.of(tier.capacityBytes())
                        * draw.of(memoryCarbon.get(MemoryTechnology.of(tier))))
            .sum();
    double packages = draw.of(packageCarbon) * (1 + memories(device).count());
    double board = draw.of(boardCarbon) * EnergyFacts.boardWatts(device, draw);
    return die + memory + packages + board;
  }

  /** kg CO2e of making the servers around devices of this board power in all. */
  double hostCarbon(double boardWatts, Draw draw) {
    return draw.of(hostCarbon) * boardWatts;
  }

  /** Whether price or carbon of a device are built up because its file has none. */
  public boolean buildsUp(DeviceProfile device) {
    return !device.facts().byName().keySet().containsAll(List.of(PRICE, CARBON));
  }

  private static Stream<MemoryTier> memories(DeviceProfile device) {
    return Stream.concat(Stream.of(device.memory()), device.kvMemory().stream());
  }

  private static Optional<Quantity> area(DeviceProfile device) {
    boolean known = device.facts().byName().containsKey("process");
    return known ? Optional.ofNullable(device.facts().byName().get("die_area")) : Optional.empty();
  }

  private ProcessNode node(DeviceProfile device) {
    double wanted = device.facts().byName().get("process").value();
    return nodes.stream()
        .min(Comparator.comparingDouble(node -> Math.abs(Math.log(node.length().value() / wanted))))
        .orElseThrow();
  }

  /** All its facts. */
  @Override
  public String toString() {
    return "Manufacturing"
        + List.of(
            fabGrid,
            materials,
            packageCarbon,
            boardCarbon,
            hostCarbon,
            margin,
            unknownDiePrice,
            unknownDieCarbon,
            memoryCarbon,
            nodes);
  }
}
