package dev.membound.model.memory;

import dev.membound.model.quantity.Draw;

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
}
