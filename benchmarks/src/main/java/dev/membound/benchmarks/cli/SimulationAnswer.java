package dev.membound.benchmarks.cli;

import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.Interval;
import dev.membound.model.workload.Sharding;
import java.util.List;
import java.util.Map;

/**
 * What {@code simulate} answers; {@code --json} prints this record, as {@code docs/predictions.md}
 * describes it. What was not asked for, or does not fit, is null.
 *
 * @param schemaVersion of this record
 * @param system devices
 * @param workload model, sizes, formats
 * @param capacity what lies where
 * @param decode one decode step
 * @param prefill the whole prompt in one piece
 * @param chunkedPrefill with {@code --chunk}
 * @param speculativeDecoding with {@code --draft-model}
 * @param disaggregatedPrefill with {@code --prefill-device}
 * @param search with {@code --search}: the best shardings, best first
 * @param provenance what stands behind the times, weakest first
 * @param parameters of the devices, with the interval that each was drawn from
 * @param warnings where the prediction leaves the range that stands behind it
 */
record SimulationAnswer(
    int schemaVersion,
    Devices system,
    Work workload,
    Capacity capacity,
    PhaseTime decode,
    PhaseTime prefill,
    Chunked chunkedPrefill,
    Speculative speculativeDecoding,
    Disaggregated disaggregatedPrefill,
    List<Ranked> search,
    List<Provenance> provenance,
    List<Parameter> parameters,
    List<String> warnings) {
  static final int SCHEMA_VERSION = 1;

  /** The system; {@code kvModule} is null where there is none. */
  record Devices(String device, int count, Sharding sharding, String kvModule) {}

  /** The workload; {@code phase} is that of the capacity. */
  record Work(
      String model,
      String phase,
      int batch,
      long contextTokens,
      long sharedPrefixTokens,
      String weights,
      String kv,
      String activations,
      String kvSelection) {}

  /**
   * The capacity ledger.
   *
   * @param shortfallBytes what is missing; 0 when it fits
   * @param pools memories of equal kind
   */
  record Capacity(boolean fits, long shortfallBytes, List<Pool> pools) {}

  /**
   * Equal memories.
   *
   * @param bytesByComponent of all of them
   * @param smallestCount fewest devices that fit; 0 when no number does
   * @param smallestSharding how they share; null when no number does
   */
  record Pool(
      String device,
      int count,
      long capacityBytes,
      long bytes,
      long bytesPerDevice,
      long shortfallBytes,
      Map<String, Long> bytesByComponent,
      int smallestCount,
      Sharding smallestSharding) {}

  /** A phase with its operators; their seconds add up to the middle of {@code seconds}. */
  record PhaseTime(
      Interval seconds,
      Interval tokensPerSecond,
      double memoryJoules,
      List<OperatorTime> operators) {}

  /** One operator, all its executions; bytes and FLOPs on each device. */
  record OperatorTime(
      String operator,
      String engine,
      String bottleneck,
      double seconds,
      double startupSeconds,
      double memorySeconds,
      double computeSeconds,
      double linkSeconds,
      long bytes,
      long flops) {}

  /** A prompt in chunks; a decode step between two chunks waits for the longest. */
  record Chunked(
      long chunkTokens,
      int chunks,
      Interval seconds,
      Interval longestChunkSeconds,
      List<String> problems) {}

  /** Drafting and verifying; {@code speedup} over plain decoding. */
  record Speculative(
      String draftModel,
      int draftTokens,
      double acceptance,
      double expectedTokensPerStep,
      Interval stepSeconds,
      Interval secondsPerToken,
      Interval tokensPerSecond,
      Interval speedup) {}

  /** Prefill elsewhere, until the decoding system holds the KV cache. */
  record Disaggregated(
      String prefillDevice,
      int prefillCount,
      double linkGigabitsPerSecond,
      long transferBytes,
      Interval prefillSeconds,
      Interval transferSeconds,
      Interval secondsInOnePiece,
      Interval secondsLayerByLayer,
      Interval exposedTransferSeconds,
      List<String> problems) {}

  /** A sharding that fits, best estimates. */
  record Ranked(
      Sharding sharding,
      int devices,
      double seconds,
      double tokensPerSecond,
      double tokensPerSecondAndDevice) {}

  /**
   * A value that went in; low and high are the ends of its 90 % interval.
   *
   * @param high null where the interval has no upper end: JSON has no number for it
   */
  record Parameter(
      String device,
      String name,
      double value,
      double low,
      Double high,
      String unit,
      Provenance provenance,
      String source) {

    static Parameter of(String device, String name, Quantity quantity) {
      return new Parameter(
          device,
          name,
          quantity.value(),
          quantity.low(),
          Double.isInfinite(quantity.high()) ? null : quantity.high(),
          quantity.unit(),
          quantity.provenance(),
          quantity.source());
    }

    boolean uncertain() {
      return high == null || low < high;
    }
  }
}
