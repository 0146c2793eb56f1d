package dev.membound.model.workload;

import dev.membound.model.llm.Attention;
import org.apache.commons.math3.util.ArithmeticUtils;

/**
 * How devices share one model and its work: the only description of it, which the operators, the
 * capacity ledger and the search all read.
 *
 * @param tensorParallel devices that each hold a slice of every matrix and of the KV heads (TP):
 *     Shoeybi et al., Megatron-LM, arXiv 1909.08053
 * @param pipelineParallel stages, each with an equal part of the layers (PP): Huang et al., GPipe,
 *     arXiv 1811.06965
 * @param expertParallel devices over which whole experts are spread (EP): all of a stage, Lepikhin
 *     et al., GShard, arXiv 2006.16668; or 1 where tensor parallelism slices each expert
 * @param dataParallel replicas with sequences of their own (DP)
 * @param contextParallel devices that each hold a part of every sequence's KV cache (CP): Yang et
 *     al., Context Parallelism, arXiv 2411.01783
 * @param kvModules memory modules that hold the KV cache in the devices' place; 0 where the devices
 *     hold it themselves
 */
public record Sharding(
    int tensorParallel,
    int pipelineParallel,
    int expertParallel,
    int dataParallel,
    int contextParallel,
    int kvModules) {
  /** One device that holds everything. */
  public static final Sharding NONE = tensor(1);

  public Sharding {
    if (tensorParallel < 1
        || pipelineParallel < 1
        || expertParallel < 1
        || dataParallel < 1
        || contextParallel < 1
        || kvModules < 0) {
      throw new IllegalArgumentException(
          "parallelism must be positive, got TP %d, PP %d, EP %d, DP %d, CP %d and %d KV modules"
              .formatted(
                  tensorParallel,
                  pipelineParallel,
                  expertParallel,
                  dataParallel,
                  contextParallel,
                  kvModules));
    }
    int stage =
        Math.multiplyExact(Math.multiplyExact(tensorParallel, dataParallel), contextParallel);
    Math.multiplyExact(stage, pipelineParallel);
    if (expertParallel != 1 && expertParallel != stage) {
      throw new IllegalArgumentException(
          "experts are spread over all %d devices of a stage (TP x DP x CP) or over 1, got EP %d"
              .formatted(stage, expertParallel));
    }
    if (kvModules > 0 && pipelineParallel * dataParallel * contextParallel > 1) {
      throw new IllegalArgumentException("KV modules go with tensor parallelism only");
    }
  }

  /** Tensor parallelism alone. */
  public static Sharding tensor(int devices) {
    return new Sharding(devices, 1, 1, 1, 1, 0);
  }

  /** The same devices with {@code modules} modules that hold the KV cache; 0 for none. */
  public Sharding withKvModules(int modules) {
    return new Sharding(
        tensorParallel, pipelineParallel, expertParallel, dataParallel, contextParallel, modules);
  }

  /** Devices in all, modules not counted. */
  public int devices() {
    return stageDevices() * pipelineParallel;
  }

  /** Devices that work on the same layers. */
  public int stageDevices() {
    return tensorParallel * dataParallel * contextParallel;
  }

  /**
   * Devices of a tensor-parallel group that share the cache of one token; the others of the group
   * hold copies, as they do where tensor parallelism exceeds the KV heads and in latent attention.
   */
  public int kvSharers(Attention attention) {
    return ArithmeticUtils.gcd(tensorParallel, attention.kvShards());
  }

  /** Sequences that pass a stage together when all replicas have {@code batch}. */
  public int microbatch(int batch) {
    return Math.ceilDiv(Math.ceilDiv(batch, dataParallel), pipelineParallel);
  }

  /** Microbatches that a replica makes of its part of {@code batch}, at most one a stage. */
  public int microbatches(int batch) {
    return Math.ceilDiv(Math.ceilDiv(batch, dataParallel), microbatch(batch));
  }

  /**
   * Work of all devices over what it were if each ran one microbatch through all layers: 1 with
   * full stages and replicas, {@code microbatches / PP · replicas with sequences / DP} otherwise.
   * What counts is energy and traffic; time does not fall where devices idle.
   */
  public double workShare(int batch) {
    int replicas = Math.ceilDiv(batch, Math.ceilDiv(batch, dataParallel));
    return (double) microbatches(batch) / pipelineParallel * replicas / dataParallel;
  }

  /**
   * Duration of a decode step over one microbatch's way through all stages: every microbatch has to
   * pass the longest of the stages, which only matters where it has more layers than others.
   */
  public double stepPasses(int batch, int layers) {
    if (pipelineParallel == 1) {
      return 1;
    }
    double longest = (double) microbatches(batch) * Math.ceilDiv(layers, pipelineParallel);
    return Math.max(1, longest / layers);
  }

  /**
   * Duration of a prompt over one microbatch's way through all stages: the others follow as fast as
   * the longest stage lets them, {@code 1 + (m − 1) · ⌈layers / PP⌉ / layers}.
   */
  public double promptPasses(int batch, int layers) {
    double longest = (double) (microbatches(batch) - 1) * Math.ceilDiv(layers, pipelineParallel);
    return 1 + longest / layers;
  }

  /** {@code TP8 PP2}; {@code 1 device} for no sharing. */
  public String label() {
    StringBuilder label = new StringBuilder();
    append(label, "TP", tensorParallel);
    append(label, "PP", pipelineParallel);
    append(label, "EP", expertParallel);
    append(label, "DP", dataParallel);
    append(label, "CP", contextParallel);
    return label.isEmpty() ? "1 device" : label.toString();
  }

  private static void append(StringBuilder label, String name, int count) {
    if (count > 1) {
      label.append(label.isEmpty() ? "" : " ").append(name).append(count);
    }
  }
}
