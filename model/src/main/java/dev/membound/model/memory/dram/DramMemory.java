package dev.membound.model.memory.dram;

import dev.membound.model.catalogue.Section;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;

/**
 * First-order DRAM. With peak B over n channels, granule g, row r, k banks a channel:
 *
 * <pre>
 *   fetched  = ⌈chunk / g⌉ · g                       whole granules move
 *   transfer = fetched · n / B                       the channel's bus
 *   activate = ⌈chunk / r⌉ · tRC / k                 a bank opens a row every tRC, k banks in turn
 *   rate     = n · chunk / max(transfer, activate) · (1 − tRFC / tREFI)
 *   bytes/s  = min(rate, bytesInFlight / latency)    Little's law
 * </pre>
 *
 * Row timing and refresh: JEDEC JESD79-5 (DDR5), JESD209-5 (LPDDR5), JESD238 (HBM3). Little, "A
 * Proof for the Queuing Formula L = λW", Operations Research 1961. Chunks are taken to start on a
 * granule and a row. Not captured: read/write turnaround (writes cost what reads do), bank
 * conflicts between chunks, command-bus limits.
 *
 * @param peakBytesPerSecond of all channels
 * @param channels independent channels (pseudo-channels where there are such)
 * @param banksPerChannel banks that open rows in turn
 * @param granuleBytes smallest transfer
 * @param rowBytes bytes of an open row
 * @param rowCycleSeconds tRC
 * @param refreshSeconds tRFC: how long a refresh blocks what it refreshes
 * @param refreshIntervalSeconds tREFI
 * @param latencySeconds of a lone read, as the engine sees it
 * @param joulesPerByte cells to engine, for a whole row used
 */
public record DramMemory(
    Quantity peakBytesPerSecond,
    Quantity channels,
    Quantity banksPerChannel,
    Quantity granuleBytes,
    Quantity rowBytes,
    Quantity rowCycleSeconds,
    Quantity refreshSeconds,
    Quantity refreshIntervalSeconds,
    Quantity latencySeconds,
    Quantity joulesPerByte)
    implements MemoryModel {

  /** Reads the keys of this record. */
  public static DramMemory read(Section section) {
    return read(section, "peak_bandwidth", "channels");
  }

  /** Reads the keys of this record, two of them under the names given. */
  public static DramMemory read(Section section, String peakBandwidth, String channels) {
    Quantity refresh = section.quantity("refresh", Dimension.TIME, 0);
    Quantity interval = section.positive("refresh_interval", Dimension.TIME);
    if (refresh.high() >= interval.low()) {
      throw section.error("refresh", "must be shorter than refresh_interval");
    }
    return new DramMemory(
        section.positive(peakBandwidth, Dimension.BANDWIDTH),
        section.quantity(channels, Dimension.COUNT, 1),
        section.quantity("banks_per_channel", Dimension.COUNT, 1),
        section.quantity("granule", Dimension.CAPACITY, 1),
        section.quantity("row", Dimension.CAPACITY, 1),
        section.quantity("row_cycle", Dimension.TIME, 0),
        refresh,
        interval,
        section.quantity("latency", Dimension.TIME, 0),
        section.quantity("energy", Dimension.ENERGY_PER_BYTE, 0));
  }

  @Override
  public double bytesPerSecond(AccessPattern pattern, Draw draw) {
    double busSecondsPerByte =
        draw.of(channels) / draw.of(peakBytesPerSecond) * fetchedPerUsefulByte(pattern, draw);
    double row = draw.of(rowBytes);
    double rowsPerByte =
        pattern.chunkBytes() == Long.MAX_VALUE
            ? 1 / row
            : Math.ceil(pattern.chunkBytes() / row) / pattern.chunkBytes();
    double activateSecondsPerByte =
        rowsPerByte * draw.of(rowCycleSeconds) / draw.of(banksPerChannel);
    double refreshShare = draw.of(refreshSeconds) / draw.of(refreshIntervalSeconds);
    double slowest = Math.max(busSecondsPerByte, activateSecondsPerByte);
    double rate = draw.of(channels) / slowest * (1 - refreshShare);
    double latency = draw.of(latencySeconds);
    return latency > 0 ? Math.min(rate, pattern.bytesInFlight() / latency) : rate;
  }

  @Override
  public double latencySeconds(Draw draw) {
    return draw.of(latencySeconds);
  }

  @Override
  public double joulesPerByte(AccessPattern pattern, Draw draw) {
    return draw.of(joulesPerByte) * fetchedPerUsefulByte(pattern, draw);
  }

  @Override
  public DramMemory ideal() {
    return new DramMemory(
        peakBytesPerSecond.withoutInterval(),
        channels,
        banksPerChannel,
        granuleBytes,
        rowBytes,
        rowCycleSeconds.idealised(0),
        refreshSeconds.idealised(0),
        refreshIntervalSeconds,
        latencySeconds.idealised(0),
        joulesPerByte.withoutInterval());
  }

  private double fetchedPerUsefulByte(AccessPattern pattern, Draw draw) {
    if (pattern.chunkBytes() == Long.MAX_VALUE) {
      return 1;
    }
    double granule = draw.of(granuleBytes);
    return Math.ceil(pattern.chunkBytes() / granule) * granule / pattern.chunkBytes();
  }
}
