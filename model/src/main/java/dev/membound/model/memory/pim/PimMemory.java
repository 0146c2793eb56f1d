package dev.membound.model.memory.pim;

import dev.membound.model.catalogue.Section;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.memory.dram.DramMemory;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * DRAM with a multiply-accumulate unit at every bank (or pair of banks), all of which work at once:
 *
 * <pre>
 *   open       = tRCD + tRP + (⌈units a channel / 4⌉ − 1) · tFAW   rows open four at a time
 *   row        = rowBytes / (rowBytes / columnBytes · column + open)  a unit's rate
 *   all-bank   = units · row · (1 − tRFC / tREFI)
 *   near       = min(all-bank, power cap / energy a byte)
 *   broadcast  = input / (host bandwidth / channels)       every channel gets the whole input
 *   read-out   = output / host bandwidth
 *   shard      = near capacity / units                     what one bank's unit can reach
 * </pre>
 *
 * <p>{@code column} is the slowest of column access, command and multiplication, see {@link
 * PimUnits}. What exceeds the shards of all units spills to the host, which sees its own bus only
 * (host-visible bandwidth).
 *
 * <p>Lee et al., "Hardware Architecture and Software Stack for PIM Based on Commercial DRAM
 * Technology", ISCA 2021, DOI 10.1109/ISCA52012.2021.00013 (HBM-PIM); Lee et al., ISSCC 2022, and
 * He et al., "Newton", MICRO 2020, DOI 10.1109/MICRO50266.2020.00040 (AiM); power cap as in Park et
 * al., "AttAcc!", ASPLOS 2024, DOI 10.1145/3620665.3640422. The units do no softmax, so scores make
 * the round trip to the host. Not captured: uneven shards, the mode switch between host and
 * all-bank access, host traffic beside the units', inputs longer than a unit's buffer.
 *
 * @param host the same cells over the host's bus
 * @param units the multiply-accumulate units
 * @param nearCapacityBytes what lies in banks with a unit
 * @param nearJoulesPerByte cells to unit, arithmetic included
 * @param powerCapWatts that the units may draw together; {@link Double#MAX_VALUE} for no cap
 */
public record PimMemory(
    DramMemory host,
    PimUnits units,
    Quantity nearCapacityBytes,
    Quantity nearJoulesPerByte,
    Quantity powerCapWatts)
    implements NearMemory {

  /** Reads the keys of this record and those of the host's view. */
  public static PimMemory read(Section section) {
    return new PimMemory(
        DramMemory.read(section),
        PimUnits.read(section),
        section.positive("near_capacity", Dimension.CAPACITY),
        section.quantity("near_energy", Dimension.ENERGY_PER_BYTE, 0),
        section
            .optionalQuantity("near_power_cap", Dimension.POWER, Double.MIN_VALUE)
            .orElse(PimUnits.noLimit(Double.MAX_VALUE, "W")));
  }

  @Override
  public double bytesPerSecond(AccessPattern pattern, Draw draw) {
    return host.bytesPerSecond(pattern, draw);
  }

  @Override
  public double latencySeconds(Draw draw) {
    return host.latencySeconds(draw);
  }

  @Override
  public double joulesPerByte(AccessPattern pattern, Draw draw) {
    return host.joulesPerByte(pattern, draw);
  }

  @Override
  public PimMemory ideal() {
    return new PimMemory(
        host.ideal(),
        units.ideal(),
        nearCapacityBytes,
        nearJoulesPerByte.withoutInterval(),
        powerCapWatts.idealised(Double.MAX_VALUE));
  }

  @Override
  public MemoryModel near() {
    return new AllBanks(this);
  }

  @Override
  public double nearCapacityBytes(Draw draw) {
    return draw.of(nearCapacityBytes);
  }

  /** Bytes that the unit of one bank can reach: the largest shard. */
  public double shardBytes(Draw draw) {
    return draw.of(nearCapacityBytes) / draw.of(units.units());
  }

  @Override
  public double exchangeSeconds(
      long inputBytes, long outputBytes, long intermediateBytes, Draw draw) {
    double hostBytesPerSecond = host.bytesPerSecond(AccessPattern.streamRead(), draw);
    double broadcast = inputBytes * draw.of(host.channels());
    // Scores are already spread over the banks that need them back: they are not broadcast.
    return (broadcast + outputBytes + 2.0 * intermediateBytes) / hostBytesPerSecond;
  }

  @Override
  public Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>(host.quantities());
    all.putAll(units.quantities());
    all.put("near_capacity", nearCapacityBytes);
    all.put("near_energy", nearJoulesPerByte);
    if (powerCapWatts.value() < Double.MAX_VALUE) {
      all.put("near_power_cap", powerCapWatts);
    }
    return all;
  }

  /** The banks as their own units see them. */
  private record AllBanks(PimMemory pim) implements MemoryModel {

    @Override
    public double bytesPerSecond(AccessPattern pattern, Draw draw) {
      double used = Math.min(draw.of(pim.host.rowBytes()), pattern.chunkBytes());
      PimUnits units = pim.units;
      double rowSeconds = units.columns(used, draw) * units.columnSeconds(draw) + openSeconds(draw);
      double refresh =
          draw.of(pim.host.timing().refreshSeconds())
              / draw.of(pim.host.timing().refreshIntervalSeconds());
      double allBanks = draw.of(units.units()) * used / rowSeconds * (1 - refresh);
      return Math.min(allBanks, draw.of(pim.powerCapWatts) / draw.of(pim.nearJoulesPerByte));
    }

    private double openSeconds(Draw draw) {
      double unitsPerChannel = draw.of(pim.units.units()) / draw.of(pim.host.channels());
      double windows = Math.max(0, Math.ceil(unitsPerChannel / 4) - 1);
      return draw.of(pim.units.openCloseSeconds())
          + windows * draw.of(pim.host.timing().fourActivatesSeconds());
    }

    @Override
    public MemoryModel ideal() {
      return new AllBanks(pim.ideal());
    }

    @Override
    public double latencySeconds(Draw draw) {
      return openSeconds(draw) + pim.units.columnSeconds(draw);
    }

    @Override
    public double joulesPerByte(AccessPattern pattern, Draw draw) {
      return draw.of(pim.nearJoulesPerByte);
    }

    @Override
    public Map<String, Quantity> quantities() {
      return pim.quantities();
    }
  }
}
