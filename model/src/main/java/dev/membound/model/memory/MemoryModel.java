package dev.membound.model.memory;

import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import java.util.Map;
import java.util.Optional;

/** A memory as the engines see it. */
public interface MemoryModel {

  /** Useful bytes a second, positive. */
  double bytesPerSecond(AccessPattern pattern, Draw draw);

  /** Time from a lone request to its data. */
  double latencySeconds(Draw draw);

  /** Energy of moving one useful byte between the cells and the engine. */
  double joulesPerByte(AccessPattern pattern, Draw draw);

  /** The same memory without latency, refresh, row misses and gaps: its closed-form limit. */
  MemoryModel ideal();

  /** Its parameters by their names in catalogue files, without units. */
  Map<String, Quantity> quantities();

  /**
   * Why this memory must not hold a KV cache into which every token writes {@code bytesPerToken};
   * empty where it may.
   */
  default Optional<String> refusalOfKvCache(long bytesPerToken) {
    return Optional.empty();
  }
}
