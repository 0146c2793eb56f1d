package dev.membound.model.memory.sram;

import dev.membound.model.catalogue.Section;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * SRAM beside the arithmetic: {@code bytes/s = min(peak · chunk / (⌈chunk / g⌉ · g), bytesInFlight
 * / latency)} for words of g bytes. Not captured: bank conflicts, distance over the chip.
 *
 * @param peakBytesPerSecond of all banks
 * @param granuleBytes a word
 * @param latencySeconds of a lone read
 * @param joulesPerByte cells to arithmetic
 */
public record SramMemory(
    Quantity peakBytesPerSecond,
    Quantity granuleBytes,
    Quantity latencySeconds,
    Quantity joulesPerByte)
    implements MemoryModel {

  /** Reads the keys of this record. */
  public static SramMemory read(Section section) {
    return new SramMemory(
        section.positive("peak_bandwidth", Dimension.BANDWIDTH),
        section.quantity("granule", Dimension.CAPACITY, 1),
        section.quantity("latency", Dimension.TIME, 0),
        section.quantity("energy", Dimension.ENERGY_PER_BYTE, 0));
  }

  @Override
  public double bytesPerSecond(AccessPattern pattern, Draw draw) {
    double rate = draw.of(peakBytesPerSecond) / pattern.movedPerUsefulByte(draw.of(granuleBytes));
    double latency = draw.of(latencySeconds);
    return latency > 0 ? Math.min(rate, pattern.bytesInFlight() / latency) : rate;
  }

  @Override
  public double latencySeconds(Draw draw) {
    return draw.of(latencySeconds);
  }

  @Override
  public double joulesPerByte(AccessPattern pattern, Draw draw) {
    return draw.of(joulesPerByte) * pattern.movedPerUsefulByte(draw.of(granuleBytes));
  }

  @Override
  public SramMemory ideal() {
    return new SramMemory(
        peakBytesPerSecond.withoutInterval(),
        granuleBytes,
        latencySeconds.idealised(0),
        joulesPerByte.withoutInterval());
  }

  @Override
  public Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>();
    all.put("peak_bandwidth", peakBytesPerSecond);
    all.put("granule", granuleBytes);
    all.put("latency", latencySeconds);
    all.put("energy", joulesPerByte);
    return all;
  }
}
