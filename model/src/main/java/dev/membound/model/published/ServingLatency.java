package dev.membound.model.published;

import dev.membound.model.workload.DataFormat;
import java.util.Locale;

/**
 * Mean time an output token under a constant number of requests.
 *
 * @param devices that share the model by tensor parallelism
 * @param model catalogue name
 * @param checkpoint that was served, as the source calls it
 * @param concurrency requests in flight
 * @param promptTokens of every request
 * @param outputTokens of every request
 * @param secondsPerToken TPOT
 */
public record ServingLatency(
    String id,
    String source,
    String device,
    int devices,
    String model,
    String checkpoint,
    DataFormat weights,
    DataFormat kv,
    ServingEngine engine,
    int concurrency,
    int promptTokens,
    int outputTokens,
    double secondsPerToken)
    implements PublishedRow {

  /** Rows that are left out together: model, system and precision. */
  public String group() {
    return "%s, %d x %s, %s"
        .formatted(checkpoint, devices, device, weights.name().toLowerCase(Locale.ROOT));
  }
}
