package dev.membound.model.memory.pim;

import dev.membound.model.catalogue.Section;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.memory.dram.DramMemory;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;

/**
 * DRAM with a multiply-accumulate unit at every bank (or pair of banks), all of which work at once:
 *
 * <pre>
 *   column     = columnBytes / columnSeconds               a unit's rate on an open row
 *   row        = rowBytes / (rowBytes / column + tRCD + tRP)  with opening and closing the row
 *   all-bank   = units · row · (1 − tRFC / tREFI)
 *   broadcast  = input / (host bandwidth / channels)       every channel gets the whole input
 *   read-out   = output / host bandwidth
 *   shard      = near capacity / units                     what one bank's unit can reach
 * </pre>
 *
 * Lee et al., "Hardware Architecture and Software Stack for PIM Based on Commercial DRAM
 * Technology", ISCA 2021, DOI 10.1109/ISCA52012.2021.00013 (HBM-PIM); Kwon et al., ISSCC 2022, and
 * He et al., "Newton", MICRO 2020, DOI 10.1109/MICRO50266.2020.00040 (AiM). The units do no
 * softmax, so scores make the round trip to the host. Not captured: the power cap, uneven shards,
 * the mode switch between host and all-bank access.
 *
 * @param host the same cells over the host's bus
 * @param units multiply-accumulate units
 * @param columnBytes bytes that a unit consumes a column access
 * @param columnSeconds time of a column access (tCCD_L, or the unit's clock where that is slower)
 * @param openCloseSeconds tRCD + tRP, during which a unit waits
 * @param nearCapacityBytes what lies in banks with a unit
 * @param nearJoulesPerByte cells to unit
 */
public record PimMemory(
    DramMemory host,
    Quantity units,
    Quantity columnBytes,
    Quantity columnSeconds,
    Quantity openCloseSeconds,
    Quantity nearCapacityBytes,
    Quantity nearJoulesPerByte)
    implements NearMemory {

  /** Reads the keys of this record and those of the host's view. */
  public static PimMemory read(Section section) {
    return new PimMemory(
        DramMemory.read(section),
        section.quantity("units", Dimension.COUNT, 1),
        section.quantity("column", Dimension.CAPACITY, 1),
        section.positive("column_access", Dimension.TIME),
        section.quantity("row_open_close", Dimension.TIME, 0),
        section.positive("near_capacity", Dimension.CAPACITY),
        section.quantity("near_energy", Dimension.ENERGY_PER_BYTE, 0));
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
        units,
        columnBytes,
        columnSeconds.withoutInterval(),
        openCloseSeconds.idealised(0),
        nearCapacityBytes,
        nearJoulesPerByte.withoutInterval());
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
    return draw.of(nearCapacityBytes) / draw.of(units);
  }

  @Override
  public double exchangeSeconds(
      long inputBytes, long outputBytes, long intermediateBytes, Draw draw) {
    double hostBytesPerSecond = host.bytesPerSecond(AccessPattern.streamRead(), draw);
    double broadcast = inputBytes * draw.of(host.channels());
    // Scores are already spread over the banks that need them back: they are not broadcast.
    return (broadcast + outputBytes + 2.0 * intermediateBytes) / hostBytesPerSecond;
  }

  /** The banks as their own units see them. */
  private record AllBanks(PimMemory pim) implements MemoryModel {

    @Override
    public double bytesPerSecond(AccessPattern pattern, Draw draw) {
      double rowBytes = draw.of(pim.host.rowBytes());
      double used = Math.min(rowBytes, pattern.chunkBytes());
      double column = draw.of(pim.columnBytes);
      double columns = Math.ceil(used / column);
      double rowSeconds = columns * draw.of(pim.columnSeconds) + draw.of(pim.openCloseSeconds);
      double refresh =
          draw.of(pim.host.refreshSeconds()) / draw.of(pim.host.refreshIntervalSeconds());
      return draw.of(pim.units) * used / rowSeconds * (1 - refresh);
    }

    @Override
    public MemoryModel ideal() {
      return new AllBanks(pim.ideal());
    }

    @Override
    public double latencySeconds(Draw draw) {
      return draw.of(pim.openCloseSeconds) + draw.of(pim.columnSeconds);
    }

    @Override
    public double joulesPerByte(AccessPattern pattern, Draw draw) {
      return draw.of(pim.nearJoulesPerByte);
    }
  }
}
