package dev.membound.model.memory.dram;

import dev.membound.model.catalogue.Section;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * First-order DRAM. With peak B over n channels, granule g, k banks a channel, and for one useful
 * byte f bytes fetched, a rows opened, and a share w written:
 *
 * <pre>
 *   transfer = f · n / B                                              the channel's bus
 *   turn     = 2 · min(w, 1 − w) · f · tTurn / turnaroundBytes        its changes of direction
 *   bank     = max(tRC, tRCD + (f / a / g) · tCCD_L + tRP)            one row's stay in its bank
 *   activate = a · max(bank / k, tFAW / 4)                            k banks in turn, four a window
 *   rate     = n / max(transfer + turn, activate) · (1 − tRFC / tREFI)
 *   bytes/s  = min(rate, bytesInFlight / latency)                     Little's law
 * </pre>
 *
 * Random chunks fetch ⌈chunk / g⌉ granules and open ⌈chunk / row⌉ rows; strided chunks share
 * granules and rows with their neighbours where the stride is shorter. Timing: JEDEC JESD79-4
 * (DDR4), JESD79-5 (DDR5), JESD209-5 (LPDDR5), JESD238 (HBM3). Little, "A Proof for the Queuing
 * Formula L = λW", Operations Research 1961. Chunks are taken to start on a granule and a row. Not
 * captured: bank and channel conflicts between chunks (strides of a power of two without address
 * hashing), command-bus limits, the energy of opening a row for few bytes.
 *
 * @param peakBytesPerSecond of all channels
 * @param channels independent channels (pseudo-channels where there are such)
 * @param banksPerChannel banks that open rows in turn
 * @param granuleBytes smallest transfer
 * @param rowBytes bytes of an open row
 * @param timing when it may do what next
 * @param latencySeconds of a lone read, as the engine sees it
 * @param joulesPerByte cells to engine, for a whole row used
 */
public record DramMemory(
    Quantity peakBytesPerSecond,
    Quantity channels,
    Quantity banksPerChannel,
    Quantity granuleBytes,
    Quantity rowBytes,
    DramTiming timing,
    Quantity latencySeconds,
    Quantity joulesPerByte)
    implements MemoryModel {

  /** Reads the keys of this record. */
  public static DramMemory read(Section section) {
    return read(section, "peak_bandwidth", "channels");
  }

  /** Reads the keys of this record, two of them under the names given. */
  public static DramMemory read(Section section, String peakBandwidth, String channels) {
    return new DramMemory(
        section.positive(peakBandwidth, Dimension.BANDWIDTH),
        section.quantity(channels, Dimension.COUNT, 1),
        section.quantity("banks_per_channel", Dimension.COUNT, 1),
        section.quantity("granule", Dimension.CAPACITY, 1),
        section.quantity("row", Dimension.CAPACITY, 1),
        DramTiming.read(section),
        section.quantity("latency", Dimension.TIME, 0),
        section.quantity("energy", Dimension.ENERGY_PER_BYTE, 0));
  }

  @Override
  public double bytesPerSecond(AccessPattern pattern, Draw draw) {
    double rate =
        draw.of(channels)
            / Math.max(busSecondsPerByte(pattern, draw), bankSecondsPerByte(pattern, draw));
    double refreshShare =
        draw.of(timing.refreshSeconds()) / draw.of(timing.refreshIntervalSeconds());
    double refreshed = rate * (1 - refreshShare);
    double latency = draw.of(latencySeconds);
    return latency > 0 ? Math.min(refreshed, pattern.bytesInFlight() / latency) : refreshed;
  }

  private double busSecondsPerByte(AccessPattern pattern, Draw draw) {
    double fetched = pattern.movedPerUsefulByte(draw.of(granuleBytes));
    double transfer = draw.of(channels) / draw.of(peakBytesPerSecond) * fetched;
    double rarer = Math.min(pattern.writeShare(), 1 - pattern.writeShare());
    if (rarer == 0) {
      return transfer;
    }
    double turnsPerByte = 2 * rarer * fetched / draw.of(timing.turnaroundBytes());
    return transfer + turnsPerByte * draw.of(timing.turnaroundSeconds());
  }

  private double bankSecondsPerByte(AccessPattern pattern, Draw draw) {
    double opened = pattern.openedPerUsefulByte(draw.of(rowBytes));
    double columns =
        pattern.movedPerUsefulByte(draw.of(granuleBytes)) / opened / draw.of(granuleBytes);
    double openRow =
        draw.of(timing.rowToColumnSeconds())
            + columns * draw.of(timing.columnToColumnSeconds())
            + draw.of(timing.prechargeSeconds());
    double bank = Math.max(draw.of(timing.rowCycleSeconds()), openRow);
    return opened
        * Math.max(bank / draw.of(banksPerChannel), draw.of(timing.fourActivatesSeconds()) / 4);
  }

  /** Share of accesses that find their row open, 0 to 1. */
  public double rowHitRatio(AccessPattern pattern, Draw draw) {
    double granule = draw.of(granuleBytes);
    double accesses = pattern.movedPerUsefulByte(granule) / granule;
    return Math.max(0, 1 - pattern.openedPerUsefulByte(draw.of(rowBytes)) / accesses);
  }

  /** Bytes that must be in flight so that latency costs no bandwidth: Little's law. */
  public double bytesInFlightForPeak(Draw draw) {
    return draw.of(peakBytesPerSecond) * draw.of(latencySeconds);
  }

  @Override
  public double latencySeconds(Draw draw) {
    return draw.of(latencySeconds);
  }

  @Override
  public double joulesPerByte(AccessPattern pattern, Draw draw) {
    return draw.of(joulesPerByte) * pattern.movedPerUsefulByte(draw.of(granuleBytes));
  }

  /** {@code count} of it side by side. */
  public DramMemory times(int count) {
    return new DramMemory(
        peakBytesPerSecond.times(count),
        channels.times(count),
        banksPerChannel,
        granuleBytes,
        rowBytes,
        timing,
        latencySeconds,
        joulesPerByte);
  }

  @Override
  public DramMemory ideal() {
    return new DramMemory(
        peakBytesPerSecond.withoutInterval(),
        channels,
        banksPerChannel,
        granuleBytes,
        rowBytes,
        timing.ideal(),
        latencySeconds.idealised(0),
        joulesPerByte.withoutInterval());
  }

  @Override
  public Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>();
    all.put("peak_bandwidth", peakBytesPerSecond);
    all.put("channels", channels);
    all.put("banks_per_channel", banksPerChannel);
    all.put("granule", granuleBytes);
    all.put("row", rowBytes);
    all.putAll(timing.quantities());
    all.put("latency", latencySeconds);
    all.put("energy", joulesPerByte);
    return all;
  }
}
