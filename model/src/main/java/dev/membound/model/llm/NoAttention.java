package dev.membound.model.llm;

/** A layer without attention: the feed-forward layers of Nemotron-H stand alone. */
public record NoAttention() implements Attention {

  @Override
  public int queryHeads() {
    return 0;
  }

  @Override
  public int kvShards() {
    return 1;
  }

  @Override
  public long outputElements() {
    return 0;
  }

  @Override
  public long kvElementsPerToken() {
    return 0;
  }

  @Override
  public long keyElementsPerToken() {
    return 0;
  }

  @Override
  public long cachedTokens() {
    return EVERYTHING;
  }

  @Override
  public long stateElements() {
    return 0;
  }

  @Override
  public long matrixElements(int hidden) {
    return 0;
  }

  @Override
  public long vectorElements(int hidden) {
    return 0;
  }
}
