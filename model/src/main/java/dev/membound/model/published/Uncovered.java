package dev.membound.model.published;

/**
 * A result that the model does not predict.
 *
 * @param value as printed
 * @param reason why there is no prediction
 */
public record Uncovered(
    String id,
    String source,
    String system,
    String model,
    String metric,
    String value,
    String unit,
    String reason)
    implements PublishedRow {}
