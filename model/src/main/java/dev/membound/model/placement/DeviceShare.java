package dev.membound.model.placement;

import dev.membound.model.llm.Attention;
import dev.membound.model.llm.LatentAttention;
import dev.membound.model.llm.LayerGroup;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.MixtureOfExperts;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.KvFootprint;
import dev.membound.model.workload.Sharding;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the fullest device of a sharding holds, by component:
 *
 * <pre>
 *   weights     = sliced / TP + routed experts / max(EP, TP) + whole, times the share of its stage
 *   KV          = sequences of its replica · tokens / CP · entry · copies / TP, the same
 *   activations = rows of a microbatch · (2 · width + widest inner / TP)
 *   workspace   = logits of a microbatch in F32 / TP
 *   stage share = ⌈layers / PP⌉ / layers
 * </pre>
 *
 * Whole are routers, norms and the compressing matrices of latent attention. Tables count like
 * layers: they lie on the first and the last stage, which get fewer layers in their place.
 */
final class DeviceShare {
  private final LlmArchitecture model;
  private final InferenceWorkload workload;
  private final Sharding sharding;
  private final Formats formats;

  private DeviceShare(LlmArchitecture model, InferenceWorkload workload, Sharding sharding) {
    this.model = model;
    this.workload = workload;
    this.sharding = sharding;
    formats = workload.formats();
  }

  /** The components in the order in which they are shown. */
  static Map<String, Long> of(
      LlmArchitecture model, InferenceWorkload workload, Sharding sharding) {
    DeviceShare share = new DeviceShare(model, workload, sharding);
    Map<String, Long> held = new LinkedHashMap<>();
    held.put("weights", share.weightBytes());
    KvFootprint replica = share.replicaFootprint();
    if (sharding.kvModules() == 0) {
      held.put("kv", share.cacheBytes(replica.kvBytes()));
      if (replica.indexBytes() > 0) {
        held.put("index", share.cacheBytes(replica.indexBytes()));
      }
    }
    if (replica.stateBytes() > 0) {
      held.put("state", share.ofStage(ceil(replica.stateBytes(), sharding.tensorParallel())));
    }
    held.put("activations", share.activationBytes());
    held.put("workspace", share.workspaceBytes());
    return held;
  }

  /** Components that follow the KV cache into a memory of its own. */
  static boolean isCache(String component) {
    return component.equals("kv") || component.equals("index") || component.equals("state");
  }

  private static long ceil(long bytes, int sharers) {
    return Math.ceilDiv(bytes, sharers);
  }

  /** The part of all layers that the longest stage has. */
  private long ofStage(long bytes) {
    int layers = model.layers();
    int stages = sharding.pipelineParallel();
    if (stages == 1) {
      return bytes;
    }
    return Math.ceilDiv(Math.multiplyExact(bytes, Math.ceilDiv(layers, stages)), layers);
  }

  private long weightBytes() {
    long experts = 0;
    long whole = 0;
    for (LayerGroup group : model.groups()) {
      if (group.attention() instanceof LatentAttention latent) {
        long queryWidth = latent.queryWidth(model.hidden());
        long indexer =
            latent.indexer().map(i -> i.matrixElements(model.hidden(), queryWidth)).orElse(0L);
        whole += group.count() * (latent.downElements(model.hidden()) + indexer);
      }
      if (group.feedForward() instanceof MixtureOfExperts mixture) {
        whole += group.count() * mixture.routerElements(model.hidden());
        long one = mixture.expert().matrixElements(model.hidden());
        experts += (long) group.count() * mixture.experts() * one;
      }
    }
    long sliced = model.matrixElements() - experts - whole;
    int expertSharers = Math.max(sharding.expertParallel(), sharding.tensorParallel());
    DataFormat format = formats.weights();
    long matrices =
        sharding.tensorParallel() == 1 && expertSharers == 1
            ? format.bytes(model.matrixElements())
            : format.bytes(ceil(sliced, sharding.tensorParallel()))
                + format.bytes(ceil(experts, expertSharers))
                + format.bytes(whole);
    return ofStage(matrices + format.vectorFormat().bytes(model.vectorElements()));
  }

  private KvFootprint replicaFootprint() {
    return KvFootprint.of(
        model,
        formats,
        workload.selection(),
        Math.ceilDiv(workload.batch(), sharding.dataParallel()),
        Math.ceilDiv(workload.finalContextTokens(), sharding.contextParallel()),
        Math.ceilDiv(workload.sharedPrefixTokens(), sharding.contextParallel()));
  }

  /** A device's part of a replica's cache, with the copies of heads that cannot be divided. */
  private long cacheBytes(long replicaBytes) {
    double share = replicaBytes * kvCopies() / sharding.tensorParallel();
    return ofStage((long) Math.ceil(share));
  }

  /** Copies of the KV cache: devices of a group that do not share a token, by bytes of a token. */
  private double kvCopies() {
    long once = 0;
    long copied = 0;
    for (LayerGroup group : model.groups()) {
      Attention attention = group.attention();
      long elements = group.count() * attention.kvElementsPerToken();
      once += elements;
      copied += elements * (sharding.tensorParallel() / sharding.kvSharers(attention));
    }
    return once == 0 ? 1 : (double) copied / once;
  }

  private long rows() {
    return workload.size(sharding).rows();
  }

  private long activationBytes() {
    long widest = 0;
    for (LayerGroup group : model.groups()) {
      long inner = group.feedForward().widestElements();
      long qkv = group.attention().outputElements() + group.attention().kvElementsPerToken();
      widest = Math.max(widest, Math.max(inner, qkv));
    }
    long elements = 2L * model.hidden() + ceil(widest, sharding.tensorParallel());
    return formats.activations().bytes(Math.multiplyExact(rows(), elements));
  }

  private long workspaceBytes() {
    long logits = ceil(model.vocabulary(), sharding.tensorParallel());
    return Float.BYTES * workload.size(sharding).batch() * logits;
  }
}
