package dev.membound.model.llm;

/**
 * Attention in which {@code queryHeads / kvHeads} query heads share a key and a value head: Ainslie
 * et al., EMNLP 2023, arXiv 2305.13245. One query head a KV head is multi-head attention (MHA), one
 * KV head is multi-query attention (MQA).
 */
public record GroupedQueryAttention(int queryHeads, int kvHeads, int headDim) implements Attention {

  public GroupedQueryAttention {
    if (queryHeads < 1 || kvHeads < 1 || headDim < 1 || queryHeads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "query heads must be a multiple of KV heads, got " + queryHeads + " and " + kvHeads);
    }
  }

  @Override
  public long queryElements() {
    return (long) queryHeads * headDim;
  }

  @Override
  public long keyElementsPerToken() {
    return (long) kvHeads * headDim;
  }

  @Override
  public long kvElementsPerToken() {
    return 2 * keyElementsPerToken();
  }

  @Override
  public long projectionElements(int hidden) {
    return hidden * (2 * queryElements() + kvElementsPerToken());
  }

  @Override
  public long biasElements(int hidden) {
    return queryElements() + kvElementsPerToken() + hidden;
  }
}
