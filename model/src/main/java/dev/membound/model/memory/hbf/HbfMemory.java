package dev.membound.model.memory.hbf;

import dev.membound.model.catalogue.Section;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * High bandwidth flash. With pages of P bytes that take tR to read and a buffer on the base die for
 * the pages in flight:
 *
 * <pre>
 *   raw      = min(read bandwidth, buffer / tR)          Little's law over pages in flight
 *   read     = raw · chunk / (⌈chunk / P⌉ · P)           page amplification of small reads
 *   random   = min(read, bytesInFlight / tR)             reads that nobody can foresee
 *   buffer   = read bandwidth · tR                       needed to hide tR
 *   lifetime = capacity · cycles / (write rate · page amplification)
 * </pre>
 *
 * Ma and Patterson, arXiv 2601.05047 (capacity, bandwidth, pages of 4 KiB, 1 to 10 µs); FlashAccel,
 * arXiv 2607.10186 (write bandwidth, cycles, a buffer of twice bandwidth times latency so that one
 * half fills while the other drains). Streams (weights in layer order) are foreseen and prefetched.
 * Wear levelling is taken as perfect. Not captured: block erases in the way of reads, retention and
 * read disturb, garbage collection, writes dearer than reads in energy.
 *
 * @param capacityBytes of all stacks
 * @param pageBytes smallest read and write
 * @param pageReadSeconds tR
 * @param readBytesPerSecond of all stacks
 * @param writeBytesPerSecond of all stacks
 * @param bufferBytes pages in flight, all stacks
 * @param cycles program/erase cycles that a cell endures
 * @param joulesPerByte cells to engine, for a whole page used
 * @param kvCache whether it may hold a KV cache that grows with every token
 */
public record HbfMemory(
    Quantity capacityBytes,
    Quantity pageBytes,
    Quantity pageReadSeconds,
    Quantity readBytesPerSecond,
    Quantity writeBytesPerSecond,
    Quantity bufferBytes,
    Quantity cycles,
    Quantity joulesPerByte,
    KvCache kvCache)
    implements MemoryModel {
  private static final double SECONDS_PER_YEAR = 365.25 * 86_400;

  /** Whether a KV cache that grows with every token may lie here. */
  public enum KvCache {
    REFUSED,
    FORCED
  }

  /** Reads the keys of this record. */
  public static HbfMemory read(Section section, Quantity capacityBytes) {
    return new HbfMemory(
        capacityBytes,
        section.quantity("page", Dimension.CAPACITY, 1),
        section.quantity("page_read", Dimension.TIME, 0),
        section.positive("read_bandwidth", Dimension.BANDWIDTH),
        section.positive("write_bandwidth", Dimension.BANDWIDTH),
        section.positive("buffer", Dimension.CAPACITY),
        section.quantity("cycles", Dimension.COUNT, 1),
        section.quantity("energy", Dimension.ENERGY_PER_BYTE, 0),
        section.has("kv_cache") ? section.choice("kv_cache", KvCache.class) : KvCache.REFUSED);
  }

  @Override
  public double bytesPerSecond(AccessPattern pattern, Draw draw) {
    double amplification = pattern.movedPerUsefulByte(draw.of(pageBytes));
    double latency = draw.of(pageReadSeconds);
    double read = rawReadBytesPerSecond(draw) / amplification;
    if (!pattern.streams() && latency > 0) {
      read = Math.min(read, pattern.bytesInFlight() / latency);
    }
    double written = pattern.writeShare();
    if (written == 0) {
      return read;
    }
    double write = draw.of(writeBytesPerSecond) / amplification;
    return 1 / ((1 - written) / read + written / write);
  }

  private double rawReadBytesPerSecond(Draw draw) {
    double latency = draw.of(pageReadSeconds);
    double bandwidth = draw.of(readBytesPerSecond);
    return latency > 0 ? Math.min(bandwidth, draw.of(bufferBytes) / latency) : bandwidth;
  }

  /** Buffer that hides the page read: bandwidth times latency. */
  public double bufferBytesToHideLatency(Draw draw) {
    return draw.of(readBytesPerSecond) * draw.of(pageReadSeconds);
  }

  /** Pages that must be in flight to hide the page read. */
  public double pagesInFlightToHideLatency(Draw draw) {
    return bufferBytesToHideLatency(draw) / draw.of(pageBytes);
  }

  /**
   * Years until all cells are worn out.
   *
   * @param usefulBytesPerSecond written on average
   * @param chunkBytes written together; shorter ones still program a page
   */
  public double lifetimeYears(double usefulBytesPerSecond, long chunkBytes, Draw draw) {
    AccessPattern writes =
        new AccessPattern(chunkBytes, Double.POSITIVE_INFINITY, AccessPattern.Direction.WRITE);
    double programmed = usefulBytesPerSecond * writes.movedPerUsefulByte(draw.of(pageBytes));
    return enduredBytes(draw) / programmed / SECONDS_PER_YEAR;
  }

  private double enduredBytes(Draw draw) {
    return draw.of(capacityBytes) * draw.of(cycles);
  }

  @Override
  public Optional<String> refusalOfKvCache(long bytesPerToken) {
    if (kvCache == KvCache.FORCED) {
      return Optional.empty();
    }
    Draw best = Draw.best();
    double page = best.of(pageBytes);
    double programmed = Math.ceil(bytesPerToken / page) * page;
    double years = enduredBytes(best) / (programmed * 1000) / SECONDS_PER_YEAR;
    return Optional.of(
        String.format(
            Locale.ROOT,
            "flash refuses a KV cache: each token's %d B program %.0f B in pages of %.0f B, at %.0f"
                + " MB/s for all; 1000 tokens/s wear it out in %.1f years. Put the KV cache into"
                + " kv_memory, or force it ('kv_cache: forced' in the file, --force-kv-on-flash)",
            bytesPerToken,
            programmed,
            page,
            best.of(writeBytesPerSecond) / 1e6,
            years));
  }

  /** The same flash, made to hold a KV cache in spite of its wear. */
  public HbfMemory withKvCacheForced() {
    return new HbfMemory(
        capacityBytes,
        pageBytes,
        pageReadSeconds,
        readBytesPerSecond,
        writeBytesPerSecond,
        bufferBytes,
        cycles,
        joulesPerByte,
        KvCache.FORCED);
  }

  /** {@code count} of it side by side. */
  public HbfMemory times(int count) {
    return new HbfMemory(
        capacityBytes.times(count),
        pageBytes,
        pageReadSeconds,
        readBytesPerSecond.times(count),
        writeBytesPerSecond.times(count),
        bufferBytes.times(count),
        cycles,
        joulesPerByte,
        kvCache);
  }

  @Override
  public double latencySeconds(Draw draw) {
    return draw.of(pageReadSeconds);
  }

  @Override
  public double joulesPerByte(AccessPattern pattern, Draw draw) {
    return draw.of(joulesPerByte) * pattern.movedPerUsefulByte(draw.of(pageBytes));
  }

  @Override
  public HbfMemory ideal() {
    return new HbfMemory(
        capacityBytes,
        pageBytes,
        pageReadSeconds.idealised(0),
        readBytesPerSecond.withoutInterval(),
        writeBytesPerSecond.withoutInterval(),
        bufferBytes,
        cycles,
        joulesPerByte.withoutInterval(),
        kvCache);
  }

  @Override
  public Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>();
    all.put("page", pageBytes);
    all.put("page_read", pageReadSeconds);
    all.put("read_bandwidth", readBytesPerSecond);
    all.put("write_bandwidth", writeBytesPerSecond);
    all.put("buffer", bufferBytes);
    all.put("cycles", cycles);
    all.put("energy", joulesPerByte);
    return all;
  }
}
