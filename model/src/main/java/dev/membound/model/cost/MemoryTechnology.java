package dev.membound.model.cost;

import dev.membound.model.device.MemoryTier;
import dev.membound.model.memory.dram.DramMemory;
import dev.membound.model.memory.hbf.HbfMemory;
import dev.membound.model.memory.hbm.HbmMemory;
import dev.membound.model.memory.measured.MeasuredMemory;
import dev.membound.model.memory.pim.PimMemory;
import dev.membound.model.memory.pnm.PnmMemory;
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

  /**
   * What a memory is made of: by its simulator, and by its name where that says DRAM only.
   *
   * @throws IllegalArgumentException for a simulator that no technology is written down for
   */
  public static MemoryTechnology of(MemoryTier tier) {
    // Several parts are called 3 x hbf.
    String name = tier.name().toLowerCase(Locale.ROOT).replaceFirst("^\\d+ x ", "");
    return switch (tier.model()) {
      case HbmMemory _, StackedMemory _ -> HBM;
      case SramMemory _ -> SRAM;
      case HbfMemory _ -> name.startsWith("hbf") ? HBF : NAND;
      case DramMemory _, PimMemory _, PnmMemory _, MeasuredMemory _ -> ofDram(name);
      default ->
          throw new IllegalArgumentException(
              "memory %s: MemoryTechnology.of has no technology for %s, so nothing prices it"
                  .formatted(tier.name(), tier.model().getClass().getSimpleName()));
    };
  }

  private static MemoryTechnology ofDram(String name) {
    if (name.startsWith("lpddr")) {
      return LPDDR;
    }
    if (name.startsWith("gddr")) {
      return GDDR;
    }
    return name.startsWith("hbm") || name.startsWith("aquabolt") ? HBM : DDR;
  }
}
