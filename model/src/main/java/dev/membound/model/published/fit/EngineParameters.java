package dev.membound.model.published.fit;

/**
 * Parameters of the program that serves.
 *
 * @param stepSeconds of every step, beside the operators: scheduling, sampling
 * @param requestSeconds of every request in a step
 * @param promptShare share of the prompts that is computed between the timed tokens; the rest is
 *     cached, or falls before the first token, where it counts as waiting
 */
public record EngineParameters(double stepSeconds, double requestSeconds, double promptShare) {}
