package dev.membound.model.llm;

/**
 * One feed-forward network for all tokens.
 *
 * @param innerSize inner width
 * @param gated three matrices (gate, up, down) as in SwiGLU, Shazeer, arXiv 2002.05202; else two
 */
public record DenseFeedForward(int innerSize, boolean gated) implements FeedForward {

  @Override
  public long expandElements(int hidden) {
    return (gated ? 2L : 1L) * hidden * innerSize;
  }

  @Override
  public long contractElements(int hidden) {
    return (long) hidden * innerSize;
  }

  @Override
  public long biasElements(int hidden) {
    return (gated ? 2L : 1L) * innerSize + hidden;
  }
}
