package dev.membound.model.llm;

/**
 * One feed-forward network for all tokens.
 *
 * @param innerSize inner width
 * @param gated three matrices (gate, up, down) as in SwiGLU, Shazeer, arXiv 2002.05202; else two
 * @param biases whether the matrices have biases
 */
public record DenseFeedForward(int innerSize, boolean gated, boolean biases)
    implements FeedForward {

  /** Width of the expanding matrices together: gate and up, or up alone. */
  public long expandWidth() {
    return (gated ? 2L : 1L) * innerSize;
  }

  /** Elements of the matrices that expand {@code hidden}. */
  public long expandElements(int hidden) {
    return hidden * expandWidth();
  }

  /** Elements of the matrix that contracts to {@code hidden}. */
  public long contractElements(int hidden) {
    return (long) hidden * innerSize;
  }

  @Override
  public long matrixElements(int hidden) {
    return expandElements(hidden) + contractElements(hidden);
  }

  @Override
  public long idleMatrixElements(int hidden) {
    return 0;
  }

  @Override
  public long vectorElements(int hidden) {
    return biases ? expandWidth() + hidden : 0;
  }

  @Override
  public long widestElements() {
    return expandWidth();
  }
}
