package dev.membound.model.simulate;

import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.network.Link;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.workload.KvFootprint;
import dev.membound.model.workload.PrefillWorkload;

/**
 * Prefill on one system, decode on another: the KV cache, indexer keys and states of the new tokens
 * cross a link. Zhong et al., DistServe, OSDI 2024, arXiv 2401.09670; layer by layer as in Patel et
 * al., Splitwise, ISCA 2024, arXiv 2311.18677. With L layers, c = prefill / L and x = a message of
 * bytes / L over the links:
 *
 * <pre>
 *   after the prefill   prefill + latency + bytes / bandwidth
 *   layer by layer      c + (L − 1) · max(c, x) + x
 * </pre>
 *
 * <p>Layers are taken as equal: in hybrids, where few layers hold most of the cache, the time
 * depends on their order.
 *
 * @param prefillSeconds until the last layer is computed
 * @param transferBytes of all sequences
 * @param transferSeconds of all of it in one piece
 * @param layerSeconds of one layer's share
 * @param layers of the model
 */
public record DisaggregatedPrefill(
    SampledSeconds prefillSeconds,
    long transferBytes,
    SampledSeconds transferSeconds,
    SampledSeconds layerSeconds,
    int layers) {

  /**
   * A prompt on the prefill system, handed over {@code links} equal links side by side.
   *
   * @throws IllegalArgumentException without a link
   */
  public static DisaggregatedPrefill of(
      Simulator simulator,
      HardwareSystem prefillSystem,
      LlmArchitecture model,
      PrefillWorkload prompt,
      Link link,
      int links) {
    if (links < 1) {
      throw new IllegalArgumentException("needs at least 1 link, got " + links);
    }
    long bytes = transferBytes(model, prompt);
    int layers = model.layers();
    return new DisaggregatedPrefill(
        simulator.seconds(prefillSystem, model, prompt),
        bytes,
        simulator.sampled(draw -> seconds(link, links, bytes, draw)),
        simulator.sampled(draw -> seconds(link, links, (double) bytes / layers, draw)),
        layers);
  }

  private static double seconds(Link link, int links, double bytes, Draw draw) {
    return link.network(2, draw).pointToPointSeconds(bytes / links);
  }

  /**
   * What the new tokens leave in the cache: the receiver holds what was cached before. They fill a
   * window as if nothing had been there.
   */
  private static long transferBytes(LlmArchitecture model, PrefillWorkload prompt) {
    KvFootprint left =
        KvFootprint.of(
            model, prompt.formats(), prompt.selection(), prompt.batch(), prompt.promptTokens(), 0);
    return left.kvBytes() + left.indexBytes() + left.stateBytes();
  }

  /** Until the receiver holds everything, when it is sent after the prefill. */
  public SampledSeconds secondsInOnePiece() {
    return prefillSeconds.plus(transferSeconds);
  }

  /** Until the receiver holds everything, when each layer is sent while the next is computed. */
  public SampledSeconds secondsLayerByLayer() {
    return prefillSeconds.with(layerSeconds, this::layerByLayer);
  }

  private double layerByLayer(double prefill, double layer) {
    double compute = prefill / layers;
    return compute + (layers - 1) * Math.max(compute, layer) + layer;
  }

  /** Transfer time that no computing hides. */
  public SampledSeconds exposedSeconds() {
    return secondsLayerByLayer().with(prefillSeconds, (all, prefill) -> all - prefill);
  }
}
