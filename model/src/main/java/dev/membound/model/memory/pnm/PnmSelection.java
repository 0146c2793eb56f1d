package dev.membound.model.memory.pnm;

import dev.membound.model.memory.AccessPattern;
import dev.membound.model.quantity.Draw;

/**
 * One layer's attention over a KV cache that lies in PNM modules behind one host. Kim et al., PACT
 * 2025, arXiv 2511.00321; So, FMS 2025. The modules share the KV cache evenly:
 *
 * <pre>
 *   near = (scanned + attended) / (modules · module bandwidth)
 *   link = link latency · 2 + returned / min(modules · link bandwidth, host bandwidth)
 *   step = max(engine, near + link)       the engine computes what is no attention meanwhile
 * </pre>
 *
 * Not captured: an uneven spread of the selected pages over modules, the module's arithmetic (the
 * whole simulator has it).
 *
 * @param module one of the modules
 * @param modules how many
 * @param hostBytesPerSecond that the host's root can take from all links together
 */
public record PnmSelection(PnmMemory module, int modules, double hostBytesPerSecond) {

  /** What comes back over the link. */
  public enum Returned {
    /** Everything: no selection near memory. */
    WHOLE_KV,
    /** The selected pages; the host attends to them. */
    PAGES,
    /** Output and log-sum-exp of attention near memory. */
    ATTENTION
  }

  /**
   * Sizes of one layer and step, all sequences together.
   *
   * @param kvBytes the whole KV cache
   * @param digestBytes what a scan reads: with pages of P tokens and a minimum and a maximum each,
   *     2/P of the keys (Quest, arXiv 2406.10774)
   * @param selectedBytes keys and values of the selected tokens
   * @param queryBytes q, with the new k and v
   * @param outputBytes outputs with their log-sum-exps
   */
  public record Layer(
      long kvBytes, long digestBytes, long selectedBytes, long queryBytes, long outputBytes) {}

  public PnmSelection {
    if (modules < 1 || !(hostBytesPerSecond > 0)) {
      throw new IllegalArgumentException(
          "needs modules and host bandwidth, got " + modules + " and " + hostBytesPerSecond);
    }
  }

  /** Bytes over the links of all modules, both ways. */
  public static long linkBytes(Layer layer, Returned returned) {
    return switch (returned) {
      case WHOLE_KV -> layer.kvBytes();
      case PAGES -> layer.queryBytes() + layer.selectedBytes();
      case ATTENTION -> layer.queryBytes() + layer.outputBytes();
    };
  }

  /** Bytes that the modules read from their own memory for their own engines. */
  public static long nearBytes(Layer layer, Returned returned) {
    return switch (returned) {
      case WHOLE_KV -> 0;
      case PAGES -> layer.digestBytes();
      case ATTENTION -> layer.digestBytes() + layer.selectedBytes();
    };
  }

  /** Time of scan and attention in the modules. */
  public double nearSeconds(Layer layer, Returned returned, Draw draw) {
    double bandwidth = module.near().bytesPerSecond(AccessPattern.streamRead(), draw);
    return nearBytes(layer, returned) / (modules * bandwidth);
  }

  /** Time of the exchange with the host. */
  public double linkSeconds(Layer layer, Returned returned, Draw draw) {
    double links = modules * draw.of(module.linkBytesPerSecond());
    return 2 * draw.of(module.linkLatencySeconds())
        + linkBytes(layer, returned) / Math.min(links, hostBytesPerSecond);
  }

  /** Time of the layer beside {@code engineSeconds} of other work. */
  public double stepSeconds(Layer layer, Returned returned, double engineSeconds, Draw draw) {
    return Math.max(
        engineSeconds, nearSeconds(layer, returned, draw) + linkSeconds(layer, returned, draw));
  }
}
