package dev.membound.model.workload;

import dev.membound.model.llm.Attention;
import org.apache.commons.math3.util.ArithmeticUtils;

/**
 * How devices share one model.
 *
 * @param tensorParallel devices that each hold a slice of every matrix and of the KV heads
 * @param dataParallel groups of {@code tensorParallel} devices, each with a batch and a KV cache of
 *     its own
 * @param expertParallel devices that hold whole experts: all of them, or 1 where every group slices
 *     its own
 * @param kvModules memory modules that hold the KV cache in the devices' place; 0 where the devices
 *     hold it themselves
 */
public record Sharding(int tensorParallel, int dataParallel, int expertParallel, int kvModules) {
  /** One device that holds everything. */
  public static final Sharding NONE = new Sharding(1, 0);

  public Sharding {
    if (tensorParallel < 1 || dataParallel < 1 || expertParallel < 1 || kvModules < 0) {
      throw new IllegalArgumentException(
          "device counts must be positive, got "
              + tensorParallel
              + ", "
              + dataParallel
              + ", "
              + expertParallel
              + " and "
              + kvModules);
    }
    if (expertParallel != 1 && expertParallel != tensorParallel * dataParallel) {
      throw new IllegalArgumentException(
          "experts are spread over all devices or over 1, got "
              + expertParallel
              + " of "
              + tensorParallel * dataParallel);
    }
  }

  /** Tensor parallelism alone. */
  public Sharding(int tensorParallel, int kvModules) {
    this(tensorParallel, 1, 1, kvModules);
  }

  /**
   * Devices of a group that share the cache of one token; the others of the group hold copies, as
   * they do where tensor parallelism exceeds the KV heads and in latent attention.
   */
  public int kvSharers(Attention attention) {
    return ArithmeticUtils.gcd(tensorParallel, attention.kvShards());
  }
}
