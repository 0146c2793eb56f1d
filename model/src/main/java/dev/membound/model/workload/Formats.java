package dev.membound.model.workload;

/** Data formats of weights, KV cache and activations. */
public record Formats(DataFormat weights, DataFormat kv, DataFormat activations) {}
