package dev.membound.model.published;

import dev.membound.model.workload.DataFormat;
import java.util.OptionalInt;

/**
 * Output tokens a second of a system that never waits for requests.
 *
 * @param devices that share one copy of the model by tensor parallelism
 * @param copies of the model side by side
 * @param concurrency sequences a copy; empty for as many as its memory holds
 * @param promptTokens mean of the requests
 * @param outputTokens mean of the requests
 * @param powerLimitWatts of one device
 * @param tokensPerSecond of all copies
 */
public record ServingThroughput(
    String id,
    String source,
    String device,
    int devices,
    int copies,
    String model,
    DataFormat weights,
    DataFormat kv,
    String engine,
    OptionalInt concurrency,
    int promptTokens,
    int outputTokens,
    double powerLimitWatts,
    double tokensPerSecond)
    implements PublishedRow {}
