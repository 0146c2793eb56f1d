package dev.membound.model.llm;

/** Equal layers of a model. Hybrids and models with dense first layers have several groups. */
public record LayerGroup(int count, Attention attention, FeedForward feedForward) {

  /** Residual branches of one layer, each with its own norm: attention, feed-forward or both. */
  public int branches() {
    int attending = attention instanceof NoAttention ? 0 : 1;
    return attending + (feedForward instanceof NoFeedForward ? 0 : 1);
  }
}
