package dev.membound.model.memory.pnm;

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
 * A module whose own accelerator sees the whole bandwidth of its DRAM, while the host sees it
 * through a link:
 *
 * <pre>
 *   near     = DRAM bandwidth
 *   host     = min(DRAM bandwidth, link bandwidth, bytesInFlight / (link + DRAM latency))
 *   exchange = 2 · link latency + (input + output) / link bandwidth
 * </pre>
 *
 * Park et al., "An LPDDR-based CXL-PNM Platform for TCO-efficient Inference of Transformer-based
 * Large Language Models", HPCA 2024, DOI 10.1109/HPCA57654.2024.00078. With top-K selection near
 * memory (Kim et al., PACT 2025, arXiv 2511.00321) the module scans digests and attends to the
 * selected pages; only q, and the new k and v, go in, and only the output with its log-sum-exp
 * comes out.
 *
 * @param dram the module's own memory as its accelerator sees it
 * @param linkBytesPerSecond a direction
 * @param linkLatencySeconds one way
 * @param linkJoulesPerByte of the link alone
 * @param capacityBytes all of it is near
 */
public record PnmMemory(
    MemoryModel dram,
    Quantity linkBytesPerSecond,
    Quantity linkLatencySeconds,
    Quantity linkJoulesPerByte,
    Quantity capacityBytes)
    implements NearMemory {

  /** Reads the keys of this record and those of its DRAM. */
  public static PnmMemory read(Section section, Quantity capacityBytes) {
    return new PnmMemory(
        DramMemory.read(section),
        section.positive("link_bandwidth", Dimension.BANDWIDTH),
        section.quantity("link_latency", Dimension.TIME, 0),
        section.quantity("link_energy", Dimension.ENERGY_PER_BYTE, 0),
        capacityBytes);
  }

  @Override
  public double bytesPerSecond(AccessPattern pattern, Draw draw) {
    double behindLink = Math.min(dram.bytesPerSecond(pattern, draw), draw.of(linkBytesPerSecond));
    double latency = latencySeconds(draw);
    return latency > 0 ? Math.min(behindLink, pattern.bytesInFlight() / latency) : behindLink;
  }

  @Override
  public double latencySeconds(Draw draw) {
    return draw.of(linkLatencySeconds) + dram.latencySeconds(draw);
  }

  @Override
  public double joulesPerByte(AccessPattern pattern, Draw draw) {
    return dram.joulesPerByte(pattern, draw) + draw.of(linkJoulesPerByte);
  }

  @Override
  public PnmMemory ideal() {
    return new PnmMemory(
        dram.ideal(),
        linkBytesPerSecond.withoutInterval(),
        linkLatencySeconds.idealised(0),
        linkJoulesPerByte.withoutInterval(),
        capacityBytes);
  }

  @Override
  public MemoryModel near() {
    return dram;
  }

  @Override
  public double nearCapacityBytes(Draw draw) {
    return draw.of(capacityBytes);
  }

  @Override
  public double exchangeSeconds(
      long inputBytes, long outputBytes, long intermediateBytes, Draw draw) {
    return 2 * draw.of(linkLatencySeconds)
        + (inputBytes + outputBytes) / draw.of(linkBytesPerSecond);
  }

  @Override
  public Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>(dram.quantities());
    all.put("link_bandwidth", linkBytesPerSecond);
    all.put("link_latency", linkLatencySeconds);
    all.put("link_energy", linkJoulesPerByte);
    return all;
  }
}
