package dev.membound.model.explore;

import dev.membound.model.cost.Serving;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.Sharding;
import java.util.OptionalDouble;

/**
 * One point of the design space, spelled out.
 *
 * @param sharding how devices share the model
 * @param replicas of them, each with a batch of its own
 * @param batch of a replica
 * @param capWatts of a device; its board power where empty
 */
public record Design(
    LlmArchitecture model,
    DeviceVariant variant,
    Sharding sharding,
    int replicas,
    DataFormat weights,
    DataFormat kv,
    OptionalDouble capWatts,
    long contextTokens,
    int batch) {

  /** Sixteen-bit activations, as accelerators use them. */
  static Formats formats(DataFormat weights, DataFormat kv) {
    return new Formats(weights, kv, DataFormat.F16);
  }

  /** One replica. */
  public HardwareSystem system() {
    return HardwareSystem.of(variant.device(), sharding);
  }

  /** What one replica does. */
  public Serving serving() {
    return Serving.of(
        new DecodeWorkload(batch, contextTokens, formats(weights, kv), new KvSelection.Dense()));
  }
}
