package dev.membound.model.memory;

import dev.membound.model.quantity.Draw;

/**
 * A memory with engines inside it (PIM) or behind its link (PNM). As a {@link MemoryModel} it is
 * what the host sees; {@link #near()} is what the engines inside see.
 */
public interface NearMemory extends MemoryModel {

  /** The memory as its own engines see it. */
  MemoryModel near();

  @Override
  NearMemory ideal();

  /** Bytes that the near engines can reach; what does not fit is left to the host. */
  double nearCapacityBytes(Draw draw);

  /**
   * Time to hand operands to the near engines and get the results back.
   *
   * @param intermediateBytes results that must make the round trip to the host in the middle of the
   *     operator where the near engines cannot process them
   */
  double exchangeSeconds(long inputBytes, long outputBytes, long intermediateBytes, Draw draw);
}
