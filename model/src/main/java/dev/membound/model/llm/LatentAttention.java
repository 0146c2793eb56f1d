package dev.membound.model.llm;

import java.util.Optional;

/**
 * Multi-head latent attention (MLA): all heads share one cached latent vector and one rotary key a
 * token. DeepSeek-AI, DeepSeek-V2, arXiv 2405.04434, section 2.1. With an indexer it is DeepSeek
 * sparse attention (DSA).
 *
 * @param queryRank width of the compressed query, 0 where queries are not compressed
 * @param kvRank width of the latent vector
 * @param nopeDim width of a query head that meets the latent vector
 * @param ropeDim width of a query head that meets the rotary key
 * @param valueDim width of a value head
 * @param indexer selects tokens where there is one
 */
public record LatentAttention(
    int queryHeads,
    int queryRank,
    int kvRank,
    int nopeDim,
    int ropeDim,
    int valueDim,
    Optional<LightningIndexer> indexer)
    implements Attention {

  public LatentAttention {
    if (queryHeads < 1 || queryRank < 0 || kvRank < 1 || nopeDim < 1 || valueDim < 1) {
      throw new IllegalArgumentException("latent attention needs positive sizes");
    }
    if (ropeDim < 0) {
      throw new IllegalArgumentException("the rotary width must not be negative: " + ropeDim);
    }
  }

  /** Width of all query heads of one token. */
  public long queryElements() {
    return (long) queryHeads * (nopeDim + ropeDim);
  }

  /** Matrix that makes the queries from the compressed query or the hidden vector. */
  public long queryUpElements(int hidden) {
    return (queryRank > 0 ? queryRank : hidden) * queryElements();
  }

  /** Matrices that compress the hidden vector: query and latent with rotary key. */
  public long downElements(int hidden) {
    return hidden * (queryRank + kvElementsPerToken());
  }

  /** Matrix that makes all keys from latent vectors; absorbed into the query when decoding. */
  public long keyUpElements() {
    return (long) kvRank * queryHeads * nopeDim;
  }

  /** Matrix that makes all values from latent vectors; applied to the output when decoding. */
  public long valueUpElements() {
    return (long) kvRank * outputElements();
  }

  @Override
  public int kvShards() {
    return 1;
  }

  @Override
  public long outputElements() {
    return (long) queryHeads * valueDim;
  }

  @Override
  public long kvElementsPerToken() {
    return (long) kvRank + ropeDim;
  }

  @Override
  public long keyElementsPerToken() {
    return kvElementsPerToken();
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
    long indexing = indexer.map(i -> i.matrixElements(hidden, queryWidth(hidden))).orElse(0L);
    return downElements(hidden)
        + queryUpElements(hidden)
        + keyUpElements()
        + valueUpElements()
        + outputElements() * hidden
        + indexing;
  }

  /** Width that the indexer's queries are made from. */
  public long queryWidth(int hidden) {
    return queryRank > 0 ? queryRank : hidden;
  }

  @Override
  public long vectorElements(int hidden) {
    return (long) queryRank + kvRank + indexer.map(LightningIndexer::vectorElements).orElse(0L);
  }
}
