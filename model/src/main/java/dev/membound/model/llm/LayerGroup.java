package dev.membound.model.llm;

/** Equal layers of a model. Hybrids and models with dense first layers have several groups. */
public record LayerGroup(int count, Attention attention, FeedForward feedForward) {}
