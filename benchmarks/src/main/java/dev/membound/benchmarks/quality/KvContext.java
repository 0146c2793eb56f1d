package dev.membound.benchmarks.quality;

import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.kernels.topk.PageBounds;
import dev.membound.kernels.topk.StructuredKeys;
import java.lang.foreign.Arena;
import java.util.stream.IntStream;

/**
 * Keys and values of one context with some of its queries. The last query is the one that is
 * judged; methods that watch attention over time see the others too.
 *
 * @param source where it comes from, for a person
 * @param bounds page bounds of the whole context
 * @param queryTokens tokens that the queries belong to, ascending; the last is the context's last
 * @param queries one a query token, {@code queryHeads × headDim}
 */
record KvContext(
    String source,
    AttentionShape shape,
    PagedKvCache cache,
    BlockTable table,
    PageBounds bounds,
    int[] queryTokens,
    float[][] queries) {

  /** Queries seen before the question, spread evenly: enough for H2O to tell hitters. */
  private static final int OBSERVED = 64;

  KvContext {
    int last = queryTokens.length == 0 ? -1 : queryTokens[queryTokens.length - 1];
    if (last != table.length() - 1 || queries.length != queryTokens.length) {
      throw new IllegalArgumentException(
          "the last of %d queries must belong to the last of %d tokens, not to %d"
              .formatted(queries.length, table.length(), last));
    }
  }

  /** A context of structured keys. */
  static KvContext structured(
      StructuredKeys keys,
      AttentionShape shape,
      KvType type,
      int tokens,
      int pageTokens,
      Arena arena) {
    PagedKvCache cache = allocate(shape, type, tokens, pageTokens, arena);
    BlockTable table = BlockTable.empty(pageTokens);
    int question = Math.min(tokens, StructuredKeys.QUESTION_TOKENS);
    int stride = Math.max(1, (tokens - question) / OBSERVED);
    int[] queryTokens =
        IntStream.concat(
                IntStream.iterate(stride, t -> t < tokens - question, t -> t + stride),
                IntStream.range(tokens - question, tokens))
            .toArray();
    float[][] queries = keys.fill(cache, table, shape, tokens, queryTokens);
    return new KvContext(
        "structured keys, seed " + keys.seed(),
        shape,
        cache,
        table,
        PageBounds.build(cache, table, arena),
        queryTokens,
        queries);
  }

  /** An empty cache with room for one context. */
  static PagedKvCache allocate(
      AttentionShape shape, KvType type, int tokens, int pageTokens, Arena arena) {
    return PagedKvCache.allocate(
        type,
        shape.kvHeads(),
        shape.headDim(),
        pageTokens,
        Math.ceilDiv(tokens, pageTokens),
        arena);
  }

  int tokens() {
    return table.length();
  }

  /** The query that is judged. */
  float[] query() {
    return queries[queries.length - 1];
  }

  /** Of logits over scores. */
  double scale() {
    return 1 / Math.sqrt(shape.headDim());
  }

  /** Bytes of the keys and values of some tokens of one head. */
  long bytesOfTokens(long tokens) {
    return tokens * (cache.bytesPerToken() / shape.kvHeads());
  }
}
