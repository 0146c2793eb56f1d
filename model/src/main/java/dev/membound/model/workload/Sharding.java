package dev.membound.model.workload;

/**
 * How many devices share one model.
 *
 * @param tensorParallel devices that each hold a slice of every matrix and of the KV heads
 * @param kvModules memory modules that hold the KV cache in the devices' place; 0 where the devices
 *     hold it themselves
 */
public record Sharding(int tensorParallel, int kvModules) {
  /** One device that holds everything. */
  public static final Sharding NONE = new Sharding(1, 0);

  public Sharding {
    if (tensorParallel < 1 || kvModules < 0) {
      throw new IllegalArgumentException(
          "device counts must be positive, got " + tensorParallel + " and " + kvModules);
    }
  }
}
