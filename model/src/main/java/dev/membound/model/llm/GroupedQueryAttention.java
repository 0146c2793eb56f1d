package dev.membound.model.llm;

import java.util.Set;

/**
 * Attention in which {@code queryHeads / kvHeads} query heads share a key and a value head: Ainslie
 * et al., EMNLP 2023, arXiv 2305.13245. One query head a KV head is multi-head attention (MHA), one
 * KV head is multi-query attention (MQA).
 *
 * @param windowTokens latest tokens attended to, the current one among them (sliding window,
 *     Beltagy et al., arXiv 2004.05150); {@link #EVERYTHING} without a window
 * @param traits what the family adds
 */
public record GroupedQueryAttention(
    int queryHeads, int kvHeads, int headDim, long windowTokens, Set<Trait> traits)
    implements Attention {

  /** Additions to the four projections. */
  public enum Trait {
    /** Query, key and value projections have biases. */
    QKV_BIAS,
    /** The output projection has a bias. */
    OUTPUT_BIAS,
    /** Queries and keys are normalised a head. */
    QK_NORM,
    /** One learned logit a head that takes attention from the tokens. */
    SINKS,
    /** The query projection also makes a gate of the output, as wide as the queries. */
    OUTPUT_GATE
  }

  public GroupedQueryAttention {
    if (queryHeads < 1 || kvHeads < 1 || headDim < 1 || queryHeads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "query heads must be a multiple of KV heads, got " + queryHeads + " and " + kvHeads);
    }
    if (windowTokens < 1) {
      throw new IllegalArgumentException("a window has at least 1 token, got " + windowTokens);
    }
    traits = Set.copyOf(traits);
  }

  /** Attention to everything, without additions. */
  public GroupedQueryAttention(int queryHeads, int kvHeads, int headDim) {
    this(queryHeads, kvHeads, headDim, EVERYTHING, Set.of());
  }

  /** Whether only the latest tokens are attended to. */
  public boolean sliding() {
    return windowTokens != EVERYTHING;
  }

  /** Width of the query projection: queries, and the gate where there is one. */
  public long queryProjectionElements() {
    return (traits.contains(Trait.OUTPUT_GATE) ? 2 : 1) * outputElements();
  }

  @Override
  public int kvShards() {
    return kvHeads;
  }

  @Override
  public long outputElements() {
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
  public long cachedTokens() {
    return windowTokens;
  }

  @Override
  public long stateElements() {
    return 0;
  }

  @Override
  public long matrixElements(int hidden) {
    return hidden * (queryProjectionElements() + outputElements() + kvElementsPerToken());
  }

  @Override
  public long vectorElements(int hidden) {
    long elements = 0;
    if (traits.contains(Trait.QKV_BIAS)) {
      elements += queryProjectionElements() + kvElementsPerToken();
    }
    if (traits.contains(Trait.OUTPUT_BIAS)) {
      elements += hidden;
    }
    if (traits.contains(Trait.QK_NORM)) {
      elements += 2L * headDim;
    }
    if (traits.contains(Trait.SINKS)) {
      elements += queryHeads;
    }
    return elements;
  }
}
