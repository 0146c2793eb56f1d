package dev.membound.model.device;

import dev.membound.model.catalogue.Section;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.memory.dram.DramMemory;
import dev.membound.model.memory.hbm.HbmMemory;
import dev.membound.model.memory.pim.PimMemory;
import dev.membound.model.memory.pnm.PnmMemory;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Quantity;

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
    PNM
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
        };
    section.finish();
    return new MemoryTier(name, capacity, model);
  }
}
