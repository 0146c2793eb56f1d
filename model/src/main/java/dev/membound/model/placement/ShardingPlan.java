package dev.membound.model.placement;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.MemoryTier;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.network.Link;
import dev.membound.model.quantity.Draw;
import dev.membound.model.workload.DataFormat;
import java.util.ArrayList;
import java.util.List;

/**
 * A decode step under a parallelism: what a device holds, what it reads, what is exchanged, and how
 * long it takes to first order. For choosing between shardings; the simulator predicts.
 *
 * <pre>
 *   weights a device = weights / (TP · PP) + experts / (max(EP, TP) · PP)
 *   KV a device      = batch / DP · context / CP · KV a token / (min(TP, KV heads) · PP)
 *   microbatch       = batch / (DP · PP)             every stage is busy with one of PP
 *   stage            = max((weights touched + KV / PP) / bandwidth, FLOPs / peak)
 *   step             = PP · stage + exchanges
 * </pre>
 *
 * Not captured: overlap of exchange and work, uneven experts and stages, start-up of operators, the
 * FLOPs of attention.
 *
 * @param model what is shared
 * @param parallelism how
 * @param batch sequences of all replicas together
 * @param contextTokens a sequence
 */
public record ShardingPlan(
    ModelFootprint model, Parallelism parallelism, int batch, long contextTokens) {

  public ShardingPlan {
    if (batch < 1 || contextTokens < 0) {
      throw new IllegalArgumentException(
          "needs a batch and a context, got " + batch + " and " + contextTokens);
    }
    if (model.heads() % parallelism.tensor() != 0 || parallelism.pipeline() > model.layers()) {
      throw new IllegalArgumentException(
          parallelism.label()
              + " does not divide "
              + model.heads()
              + " heads and "
              + model.layers()
              + " layers");
    }
  }

  private int sequencesPerReplica() {
    return Math.ceilDiv(batch, parallelism.data());
  }

  private int microbatch() {
    return Math.ceilDiv(sequencesPerReplica(), parallelism.pipeline());
  }

  /** Weights that a device holds. */
  public long weightBytesPerDevice() {
    return denseBytesPerDevice() + expertBytesPerDevice();
  }

  private long denseBytesPerDevice() {
    return Math.ceilDiv(model.weightBytes(), (long) parallelism.tensor() * parallelism.pipeline());
  }

  private long expertBytesPerDevice() {
    long sharers = Math.max(parallelism.expert(), parallelism.tensor());
    return Math.ceilDiv(model.expertBytes(), sharers * parallelism.pipeline());
  }

  /** KV cache that a device holds; TP beyond the KV heads holds copies. */
  public long kvBytesPerDevice() {
    long tokens = sequencesPerReplica() * Math.ceilDiv(contextTokens, parallelism.context());
    long sharers = (long) Math.min(parallelism.tensor(), model.kvHeads()) * parallelism.pipeline();
    return Math.ceilDiv(Math.multiplyExact(tokens, model.kvBytesPerToken()), sharers);
  }

  /** Residual stream in and out of an operator. */
  public long activationBytesPerDevice() {
    return 2L * microbatch() * model.hiddenBytesPerToken();
  }

  /** Bytes by which a device is too small; 0 when the plan fits. */
  public long shortfallBytes(DeviceProfile device) {
    long held = weightBytesPerDevice() + activationBytesPerDevice();
    long main = (long) device.memory().capacityBytes().value();
    if (device.kvMemory().isEmpty()) {
      return Math.max(0, held + kvBytesPerDevice() - main);
    }
    long kv = (long) device.kvMemory().orElseThrow().capacityBytes().value();
    return Math.max(0, held - main) + Math.max(0, kvBytesPerDevice() - kv);
  }

  /** Exchanges of one step, all microbatches; none for one device. */
  public List<Transfer> transfers() {
    Parallelism p = parallelism;
    List<Transfer> all = new ArrayList<>();
    long tokens = microbatch();
    // A stage has 1/PP of the layers and works on PP microbatches a step.
    if (p.tensor() > 1) {
      long bytes = tokens * model.hiddenBytesPerToken();
      all.add(new Transfer(Transfer.Kind.ALL_REDUCE, p.tensor(), bytes, 2L * model.layers()));
    }
    if (p.context() > 1) {
      long heads = Math.ceilDiv(tokens * model.attentionBytesPerToken(), p.tensor());
      all.add(
          new Transfer(Transfer.Kind.ALL_GATHER, p.context(), heads * p.context(), model.layers()));
    }
    if (p.expert() > 1 && model.expertLayers() > 0) {
      // The devices of a tensor group divide its tokens.
      long sharers = (long) p.tensor() * p.context();
      long bytes =
          Math.ceilDiv(tokens * model.activeExperts() * model.hiddenBytesPerToken(), sharers);
      all.add(new Transfer(Transfer.Kind.ALL_TO_ALL, p.expert(), bytes, 2L * model.expertLayers()));
    }
    if (p.pipeline() > 1) {
      all.add(
          new Transfer(
              Transfer.Kind.POINT_TO_POINT,
              2,
              Math.ceilDiv(tokens * model.hiddenBytesPerToken(), p.tensor()),
              p.pipeline()));
    }
    return List.copyOf(all);
  }

  /** Bytes that a device reads of weights for one microbatch. */
  private double touchedWeightBytes() {
    double replicas = parallelism.expert() > 1 ? parallelism.data() : 1;
    return denseBytesPerDevice()
        + expertBytesPerDevice() * model.touchedExpertShare(microbatch() * replicas);
  }

  /**
   * Time of one step: a token for every sequence.
   *
   * @param compute format of the arithmetic
   * @throws IllegalArgumentException when several devices have no link
   */
  public double stepSeconds(DeviceProfile device, DataFormat compute, Draw draw) {
    ComputeEngine engine = device.mainEngine();
    double efficiency = draw.of(engine.streamingEfficiency());
    double weights = touchedWeightBytes() / (bandwidth(device.memory(), engine, draw) * efficiency);
    MemoryTier kvTier = device.kvMemory().orElse(device.memory());
    double kvBytes = (double) kvBytesPerDevice() / parallelism.pipeline();
    double kv = kvBytes / (bandwidth(kvTier, engine, draw) * efficiency);
    double flops =
        model.flopsPerToken() * microbatch() / parallelism.tensor() / parallelism.pipeline();
    double stage = Math.max(weights + kv, flops / draw.of(engine.peak(compute)));
    double exchange = 0;
    for (Transfer transfer : transfers()) {
      exchange += transfer.seconds(link(device), draw);
    }
    return parallelism.pipeline() * stage + exchange;
  }

  private static double bandwidth(MemoryTier tier, ComputeEngine engine, Draw draw) {
    AccessPattern stream =
        new AccessPattern(
            Long.MAX_VALUE, draw.of(engine.bytesInFlight()), AccessPattern.Direction.READ);
    return tier.model().bytesPerSecond(stream, draw);
  }

  private Link link(DeviceProfile device) {
    return device
        .link()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "device "
                        + device.name()
                        + " has no link, so "
                        + parallelism.devices()
                        + " cannot share a model"));
  }
}
