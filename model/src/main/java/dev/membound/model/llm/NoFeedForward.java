package dev.membound.model.llm;

/** A layer without feed-forward: attention and Mamba layers of Nemotron-H stand alone. */
public record NoFeedForward() implements FeedForward {

  @Override
  public long matrixElements(int hidden) {
    return 0;
  }

  @Override
  public long idleMatrixElements(int hidden) {
    return 0;
  }

  @Override
  public long vectorElements(int hidden) {
    return 0;
  }

  @Override
  public long widestElements() {
    return 0;
  }
}
