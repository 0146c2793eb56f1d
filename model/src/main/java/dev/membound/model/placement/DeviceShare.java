package dev.membound.model.placement;

import dev.membound.model.llm.Attention;
import dev.membound.model.llm.GroupedQueryAttention;
import dev.membound.model.llm.LatentAttention;
import dev.membound.model.llm.LayerGroup;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.MixtureOfExperts;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.KvFootprint;
import dev.membound.model.workload.Phase;
import dev.membound.model.workload.PhaseSize;
import dev.membound.model.workload.Sharding;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the fullest device of a sharding holds, by component:
 *
 * <pre>
 *   weights     = sliced / TP + copied · copies / TP + held experts + whole, times the share of its
 *                 stage
 *   KV          = sequences of its replica · tokens / CP · entry · copies / TP, the same
 *   activations = rows of a microbatch · (2 · width + widest inner / TP); a prompt in latent
 *                 attention besides one layer's expanded keys and values of all its context / TP
 *   workspace   = logits of a microbatch in F32 / TP
 *   stage share = ⌈layers / PP⌉ / layers
 * </pre>
 *
 * Whole are routers, norms and the compressing matrices of latent attention, copied are the
 * matrices that make keys and values, where TP exceeds the KV heads. Held are {@code ⌈experts /
 * EP⌉} routed experts, or a slice of all. Tables count like layers: they lie on the first and the
 * last stage, which get fewer layers in their place.
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
    int tensor = sharding.tensorParallel();
    int expert = sharding.expertParallel();
    int hidden = model.hidden();
    long sliced = model.matrixElements();
    long held = 0;
    long experts = 0;
    for (LayerGroup group : model.groups()) {
      long n = group.count();
      if (group.attention() instanceof LatentAttention latent) {
        long queryWidth = latent.queryWidth(hidden);
        long indexer = latent.indexer().map(i -> i.matrixElements(hidden, queryWidth)).orElse(0L);
        long whole = latent.downElements(hidden) + indexer;
        sliced -= n * whole;
        held += n * whole;
      }
      if (group.attention() instanceof GroupedQueryAttention grouped) {
        long keysAndValues = hidden * grouped.kvElementsPerToken();
        sliced -= n * keysAndValues;
        held += n * ceil(keysAndValues, sharding.kvSharers(grouped));
      }
      if (group.feedForward() instanceof MixtureOfExperts mixture) {
        long router = mixture.routerElements(hidden);
        long one = mixture.expert().matrixElements(hidden);
        sliced -= n * (router + mixture.experts() * one);
        held += n * router;
        experts += n * ceil(mixture.experts(), expert) * (expert > 1 ? one : ceil(one, tensor));
      }
    }
    DataFormat format = formats.weights();
    long matrices =
        tensor == 1 && expert == 1
            ? format.bytes(model.matrixElements())
            : format.bytes(ceil(sliced, tensor)) + format.bytes(experts) + format.bytes(held);
    return ofStage(matrices + format.vectorFormat().bytes(model.vectorElements()));
  }

  private KvFootprint replicaFootprint() {
    return KvFootprint.of(
        model,
        formats,
        workload.selection(),
        Math.ceilDiv(workload.batch(), sharding.dataParallel()),
        workload.finalContextTokens(),
        workload.sharedPrefixTokens());
  }

  /** A device's part of a replica's cache, with the copies of heads that cannot be divided. */
  private long cacheBytes(long replicaBytes) {
    double share =
        replicaBytes * kvCopies() / sharding.tensorParallel() / sharding.contextParallel();
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
    return formats
        .activations()
        .bytes(Math.addExact(Math.multiplyExact(rows(), elements), expandedElements()));
  }

  /** Keys and values of one layer that a prompt expands from latent vectors, of all its context. */
  private long expandedElements() {
    if (workload.phase() == Phase.DECODE) {
      return 0;
    }
    long widest = 0;
    for (LayerGroup group : model.groups()) {
      if (group.attention() instanceof LatentAttention latent) {
        widest =
            Math.max(
                widest, latent.queryHeads() * (long) latent.nopeDim() + latent.outputElements());
      }
    }
    PhaseSize size = workload.size(sharding);
    long tokens = Math.addExact(size.allRows(), size.distinctPastTokens());
    return Math.multiplyExact(tokens, ceil(widest, sharding.tensorParallel()));
  }

  private long workspaceBytes() {
    long logits = ceil(model.vocabulary(), sharding.tensorParallel());
    // A prompt's last tokens have logits, and every token of a draft.
    long rows = workload.phase() == Phase.PREFILL ? workload.size(sharding).batch() : rows();
    return Math.multiplyExact(Float.BYTES * rows, logits);
  }
}
