package dev.membound.model.llm;

/** The feed-forward part of one layer. Closed set: a mixture of experts joins it as a record. */
public sealed interface FeedForward permits DenseFeedForward {

  /** Elements of the matrices that expand {@code hidden}; gate and up together. */
  long expandElements(int hidden);

  /** Elements of the matrix that contracts to {@code hidden}. */
  long contractElements(int hidden);

  /** Inner width that tensor parallelism divides. */
  int innerSize();

  /** Elements of the biases where the model has biases. */
  long biasElements(int hidden);
}
