package dev.membound.model.device;

import dev.membound.model.catalogue.Section;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.memory.dram.DramMemory;
import dev.membound.model.memory.hbf.HbfMemory;
import dev.membound.model.memory.hbm.HbmMemory;
import dev.membound.model.memory.pim.PimMemory;
import dev.membound.model.memory.pnm.PnmMemory;
import dev.membound.model.memory.sram.SramMemory;
import dev.membound.model.memory.stacked.StackedMemory;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A memory of a device.
 *
 * @param name for instance {@code hbm3}
 * @param capacityBytes all of it
 * @param model its simulator
 */
public record MemoryTier(String name, Quantity capacityBytes, MemoryModel model) {

  private enum Kind {
    DRAM,
    HBM,
    PIM,
    PNM,
    FLASH,
    STACKED,
    SRAM
  }

  static MemoryTier read(Section section) {
    String name = section.text("name");
    Quantity capacity = section.positive("capacity", Dimension.CAPACITY);
    MemoryModel model =
        switch (section.choice("kind", Kind.class)) {
          case DRAM -> DramMemory.read(section);
          case HBM -> HbmMemory.read(section);
          case PIM -> PimMemory.read(section);
          case PNM -> PnmMemory.read(section, capacity);
          case FLASH -> HbfMemory.read(section, capacity);
          case STACKED -> StackedMemory.read(section, capacity);
          case SRAM -> SramMemory.read(section);
        };
    section.finish();
    return new MemoryTier(name, capacity, model);
  }

  /**
   * {@code count} of it side by side, as parts of the memory catalogue are put together.
   *
   * @throws IllegalArgumentException for a count below 1, or a memory with engines inside
   */
  public MemoryTier times(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("the number of memories must be positive: " + count);
    }
    MemoryModel several =
        switch (model) {
          case DramMemory dram -> dram.times(count);
          case HbmMemory hbm -> hbm.times(count);
          case HbfMemory flash -> flash.times(count);
          default -> throw new IllegalArgumentException("memory " + name + " is not sold in parts");
        };
    return new MemoryTier(count + " x " + name, capacityBytes.times(count), several);
  }

  MemoryTier ideal() {
    return new MemoryTier(name, capacityBytes, model.ideal());
  }

  /** Capacity and the parameters of the simulator, by their names in catalogue files. */
  public Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>();
    all.put("capacity", capacityBytes);
    all.putAll(model.quantities());
    return all;
  }
}
