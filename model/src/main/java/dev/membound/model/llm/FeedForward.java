package dev.membound.model.llm;

/** The feed-forward part of one layer. */
public sealed interface FeedForward permits DenseFeedForward, MixtureOfExperts, NoFeedForward {

  /** Elements of all matrices of a model of width {@code hidden}. */
  long matrixElements(int hidden);

  /** Elements of those that one token does not pass through. */
  long idleMatrixElements(int hidden);

  /** Elements of the biases. */
  long vectorElements(int hidden);

  /** Elements of the widest intermediate result of one token. */
  long widestElements();
}
