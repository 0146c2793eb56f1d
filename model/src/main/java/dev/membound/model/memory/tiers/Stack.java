package dev.membound.model.memory.tiers;

/**
 * One stack of a memory, as far as a mix of stacks is concerned.
 *
 * @param capacityBytes of a stack
 * @param readBytesPerSecond of a stack
 * @param holdsKvCache whether its cells survive writes with every token
 */
public record Stack(double capacityBytes, double readBytesPerSecond, boolean holdsKvCache) {

  public Stack {
    if (!(capacityBytes > 0 && readBytesPerSecond > 0)) {
      throw new IllegalArgumentException(
          "a stack needs capacity and bandwidth, got "
              + capacityBytes
              + " B and "
              + readBytesPerSecond
              + " B/s");
    }
  }
}
