package dev.membound.model.llm;

/**
 * What mixes the tokens of one layer: attention over a KV cache, a recurrence with a fixed state,
 * or nothing at all.
 */
public sealed interface Attention
    permits GroupedQueryAttention, LatentAttention, LinearAttention, NoAttention {

  /** Longest context: what a layer without a window sees. */
  long EVERYTHING = Long.MAX_VALUE;

  /** Query heads; tensor parallelism divides them. */
  int queryHeads();

  /** Most devices that can share the cache of one token; more of them hold copies. */
  int kvShards();

  /** Elements of all heads of one token: width of the output projection's input. */
  long outputElements();

  /** Elements that one token adds to this layer's KV cache; 0 where there is none. */
  long kvElementsPerToken();

  /** Elements that one token adds to the keys alone, which a top-K scan looks at. */
  long keyElementsPerToken();

  /** Tokens whose keys and values stay cached, {@link #EVERYTHING} without a window. */
  long cachedTokens();

  /** Elements of the recurrent state a sequence, 0 where there is none. */
  long stateElements();

  /** Elements of all matrices of a model of width {@code hidden}. */
  long matrixElements(int hidden);

  /** Elements of biases, norms and convolutions, which are kept beside the matrices. */
  long vectorElements(int hidden);
}
