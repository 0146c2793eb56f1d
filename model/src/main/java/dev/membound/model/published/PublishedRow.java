package dev.membound.model.published;

/** One published result. */
public sealed interface PublishedRow
    permits KernelTiming,
        ProductTiming,
        LayerTiming,
        ServingLatency,
        ServingThroughput,
        PowerReading,
        Uncovered {

  /** Number of the row in the collection, {@code R0071}, or file and line of a user's row. */
  String id();

  /** Key of its source in {@link PublishedResults#sources()}. */
  String source();
}
