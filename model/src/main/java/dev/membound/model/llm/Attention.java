package dev.membound.model.llm;

/**
 * The attention of one layer. Closed set: latent (MLA), sparse (DSA), sliding-window and linear
 * attention join it as records of their own.
 */
public sealed interface Attention permits GroupedQueryAttention {

  /** Query heads; tensor parallelism divides them. */
  int queryHeads();

  /** Elements of all query heads of one token: width of the output projection's input. */
  long queryElements();

  /** Elements that one token adds to this layer's KV cache. */
  long kvElementsPerToken();

  /** Elements that one token adds to the keys alone, which a top-K scan looks at. */
  long keyElementsPerToken();

  /**
   * Elements of the query, key, value and output projections of a model of width {@code hidden}.
   */
  long projectionElements(int hidden);

  /** Elements of the biases of those projections where the model has biases. */
  long biasElements(int hidden);
}
