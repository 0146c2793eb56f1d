package dev.membound.model.cost;

import dev.membound.model.device.MemoryTier;
import dev.membound.model.memory.hbf.HbfMemory;
import dev.membound.model.memory.hbm.HbmMemory;
import dev.membound.model.memory.sram.SramMemory;
import dev.membound.model.memory.stacked.StackedMemory;
import java.util.Locale;

/** Memory technologies with a price and a footprint of their own. */
public enum MemoryTechnology {
  HBM,
  DDR,
  LPDDR,
  GDDR,
  HBF,
  NAND,
  SRAM;

  /** Name of its catalogue file. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a memory is made of: by its simulator, and by its name where that says DRAM only. */
  public static MemoryTechnology of(MemoryTier tier) {
    // Several parts are called 3 x hbf.
    String name = tier.name().toLowerCase(Locale.ROOT).replaceFirst("^\\d+ x ", "");
    if (tier.model() instanceof HbmMemory || tier.model() instanceof StackedMemory) {
      return HBM;
    }
    if (tier.model() instanceof SramMemory) {
      return SRAM;
    }
    if (tier.model() instanceof HbfMemory) {
      return name.startsWith("hbf") ? HBF : NAND;
    }
    if (name.startsWith("lpddr")) {
      return LPDDR;
    }
    if (name.startsWith("gddr")) {
      return GDDR;
    }
    return name.startsWith("hbm") || name.startsWith("aquabolt") ? HBM : DDR;
  }
}
