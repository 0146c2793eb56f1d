package dev.membound.model.memory.stacked;

import dev.membound.model.catalogue.Section;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.memory.hbm.HbmMemory;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * HBM with logic in its stacks. On the standard base die the logic sees the bandwidth of HBM for a
 * half to a third of the energy; behind a custom interface it sees more bandwidth:
 *
 * <pre>
 *   bandwidth = HBM bandwidth · bandwidth factor        1 on the base die
 *   energy    = HBM energy a bit / energy divisor       2 to 3
 *   bandwidth ≤ thermal cap / energy a byte
 *   FLOP/s    ≤ thermal cap / energy a FLOP
 *   time      ≥ (bytes · energy a byte + FLOPs · energy a FLOP) / thermal cap
 * </pre>
 *
 * The cap bounds what is moved and computed in an operator's time, so a wider interface or faster
 * logic is never slower: at the cap it only stands still more. Ma and Patterson, "Challenges and
 * Research Directions for Large Language Model Inference Hardware", arXiv 2601.05047 (same
 * bandwidth, power 2 to 3 times lower; custom 3D above HBM in both, without a number). The host
 * sees the ordinary HBM interface. Not captured: hot spots, the refresh rate that doubles when DRAM
 * runs hot, lower voltage at lower clocks, DRAM area lost to more vias, heat that outlasts an
 * operator.
 *
 * @param hbm what the host sees
 * @param bandwidthFactor of the logic's own interface over HBM's
 * @param energyDivisor of HBM's energy
 * @param thermalCap of all stacks together
 * @param capacityBytes all of it is near
 */
public record StackedMemory(
    HbmMemory hbm,
    Quantity bandwidthFactor,
    Quantity energyDivisor,
    ThermalCap thermalCap,
    Quantity capacityBytes)
    implements NearMemory {

  /** Reads the keys of this record and those of its HBM. */
  public static StackedMemory read(Section section, Quantity capacityBytes) {
    return new StackedMemory(
        HbmMemory.read(section),
        section.positive("bandwidth_factor", Dimension.RATIO),
        section.quantity("energy_divisor", Dimension.RATIO, 1),
        ThermalCap.read(section),
        capacityBytes);
  }

  @Override
  public double bytesPerSecond(AccessPattern pattern, Draw draw) {
    return hbm.bytesPerSecond(pattern, draw);
  }

  @Override
  public double latencySeconds(Draw draw) {
    return hbm.latencySeconds(draw);
  }

  @Override
  public double joulesPerByte(AccessPattern pattern, Draw draw) {
    return hbm.joulesPerByte(pattern, draw);
  }

  @Override
  public MemoryModel near() {
    return new BaseDie(this);
  }

  @Override
  public double nearCapacityBytes(Draw draw) {
    return draw.of(capacityBytes);
  }

  @Override
  public double exchangeSeconds(
      long inputBytes, long outputBytes, long intermediateBytes, Draw draw) {
    return 2 * hbm.latencySeconds(draw)
        + (inputBytes + outputBytes) / hbm.bytesPerSecond(AccessPattern.streamRead(), draw);
  }

  /** Without the thermal cap too. */
  @Override
  public StackedMemory ideal() {
    return new StackedMemory(
        hbm.ideal(),
        bandwidthFactor.withoutInterval(),
        energyDivisor.withoutInterval(),
        new ThermalCap(
            thermalCap.wattsPerSquareMetre().idealised(Double.MAX_VALUE),
            thermalCap.squareMetres().idealised(1)),
        capacityBytes);
  }

  @Override
  public Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>(hbm.quantities());
    all.put("bandwidth_factor", bandwidthFactor);
    all.put("energy_divisor", energyDivisor);
    all.put("power_density", thermalCap.wattsPerSquareMetre());
    all.put("logic_area", thermalCap.squareMetres());
    return all;
  }

  /** The stacks as their own logic sees them. */
  private record BaseDie(StackedMemory stacked) implements MemoryModel {

    @Override
    public double bytesPerSecond(AccessPattern pattern, Draw draw) {
      double wide = stacked.hbm.bytesPerSecond(pattern, draw) * draw.of(stacked.bandwidthFactor);
      return Math.min(wide, stacked.thermalCap.watts(draw) / joulesPerByte(pattern, draw));
    }

    @Override
    public double latencySeconds(Draw draw) {
      return stacked.hbm.latencySeconds(draw);
    }

    @Override
    public double joulesPerByte(AccessPattern pattern, Draw draw) {
      return stacked.hbm.joulesPerByte(pattern, draw) / draw.of(stacked.energyDivisor);
    }

    @Override
    public MemoryModel ideal() {
      return new BaseDie(stacked.ideal());
    }

    @Override
    public Map<String, Quantity> quantities() {
      return stacked.quantities();
    }
  }
}
