package dev.membound.model.placement;

import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvFootprint;

/**
 * A model as far as sharing it is concerned.
 *
 * @param layers in all
 * @param expertLayers of them with a mixture of experts
 * @param heads query heads, which tensor parallelism divides
 * @param kvHeads that it can divide before it must copy; 1 for latent attention
 * @param weightBytes of everything but routed experts
 * @param expertBytes of all routed experts of all layers
 * @param experts routed experts a layer, 0 for none
 * @param activeExperts routed experts a token
 * @param kvBytesPerToken all layers
 * @param hiddenBytesPerToken of the residual stream, in the format that is sent
 * @param attentionBytesPerToken of one layer's attention output with its log-sum-exps
 * @param flopsPerToken of all matrices that a token passes
 */
public record ModelFootprint(
    int layers,
    int expertLayers,
    int heads,
    int kvHeads,
    long weightBytes,
    long expertBytes,
    int experts,
    int activeExperts,
    long kvBytesPerToken,
    long hiddenBytesPerToken,
    long attentionBytesPerToken,
    double flopsPerToken) {

  /** A dense model whose layers have equal attention. */
  public static ModelFootprint dense(LlmArchitecture model, int kvHeads, Formats formats) {
    var attention = model.groups().getFirst().attention();
    return new ModelFootprint(
        model.layers(),
        0,
        model.queryHeads(),
        kvHeads,
        CapacityLedger.weightBytes(model, formats.weights()),
        0,
        0,
        0,
        KvFootprint.bytesPerToken(model, formats.kv()),
        formats.activations().bytes(model.hidden()),
        formats.activations().bytes(attention.outputElements()) + 4L * model.queryHeads(),
        2.0 * (model.matrixElements() - model.embeddingElements()));
  }

  /** Expected share of the experts that {@code tokens} tokens touch, chosen evenly and alone. */
  public double touchedExpertShare(double tokens) {
    return experts == 0 ? 0 : 1 - Math.pow(1 - (double) activeExperts / experts, tokens);
  }
}
