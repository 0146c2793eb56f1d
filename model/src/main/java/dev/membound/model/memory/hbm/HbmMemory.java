package dev.membound.model.memory.hbm;

import dev.membound.model.catalogue.Section;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.memory.dram.DramMemory;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * HBM: the equations of {@link DramMemory} over the pseudo-channels of all stacks,
 *
 * <pre>
 *   peak     = stacks · pins a stack · rate a pin
 *   channels = stacks · pseudo-channels a stack
 * </pre>
 *
 * JEDEC JESD238 (HBM3: 1024 pins, 16 channels of 2 pseudo-channels, 32 B an access). Refresh is per
 * bank, so tRFC stands for what remains after the controller has worked around the blocked bank.
 */
public final class HbmMemory implements MemoryModel {
  private final Quantity stacks;
  private final Quantity pinsPerStack;
  private final DramMemory dram;

  /**
   * Stacks of HBM.
   *
   * @param rows timing and energy; its peak and channels are those of one pin and one stack and are
   *     multiplied up
   */
  HbmMemory(Quantity stacks, Quantity pinsPerStack, DramMemory rows) {
    this.stacks = stacks;
    this.pinsPerStack = pinsPerStack;
    dram =
        new DramMemory(
            scaled(rows.peakBytesPerSecond(), stacks.value() * pinsPerStack.value()),
            scaled(rows.channels(), stacks.value()),
            rows.banksPerChannel(),
            rows.granuleBytes(),
            rows.rowBytes(),
            rows.timing(),
            rows.latencySeconds(),
            rows.joulesPerByte());
  }

  /**
   * Reads {@code stacks}, {@code pins_per_stack}, and the keys of {@link DramMemory} with the peak
   * bandwidth of one pin and the pseudo-channels of one stack.
   */
  public static HbmMemory read(Section section) {
    return new HbmMemory(
        section.quantity("stacks", Dimension.COUNT, 1),
        section.quantity("pins_per_stack", Dimension.COUNT, 1),
        DramMemory.read(section, "pin_bandwidth", "pseudo_channels_per_stack"));
  }

  private HbmMemory(DramMemory dram, Quantity stacks, Quantity pinsPerStack) {
    this.stacks = stacks;
    this.pinsPerStack = pinsPerStack;
    this.dram = dram;
  }

  /** {@code count} times as many stacks. */
  public HbmMemory times(int count) {
    return new HbmMemory(dram.times(count), stacks.times(count), pinsPerStack);
  }

  @Override
  public HbmMemory ideal() {
    return new HbmMemory(dram.ideal(), stacks, pinsPerStack);
  }

  /** All stacks as one DRAM. */
  public DramMemory dram() {
    return dram;
  }

  @Override
  public Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>();
    all.put("stacks", stacks);
    all.put("pins_per_stack", pinsPerStack);
    all.putAll(dram.quantities());
    return all;
  }

  private static Quantity scaled(Quantity q, double factor) {
    return new Quantity(
        q.value() * factor,
        q.unit(),
        q.low() * factor,
        q.high() * factor,
        q.provenance(),
        q.source());
  }

  @Override
  public double bytesPerSecond(AccessPattern pattern, Draw draw) {
    return dram.bytesPerSecond(pattern, draw);
  }

  @Override
  public double latencySeconds(Draw draw) {
    return dram.latencySeconds(draw);
  }

  @Override
  public double joulesPerByte(AccessPattern pattern, Draw draw) {
    return dram.joulesPerByte(pattern, draw);
  }
}
