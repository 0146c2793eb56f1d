package dev.membound.peers;

/**
 * One sequence's keys and values inside another library, ready for a decode step: one query token
 * over the whole context, scale 1/√headDim.
 */
public sealed interface PeerAttention extends AutoCloseable
    permits GgmlAttention, OnnxRuntimeAttention {

  /** Sets the query, {@code queryHeads × headDim}. */
  void query(float[] q);

  /** Computes the step: the timed call. */
  void attend();

  /** Copies the result of the last call, {@code queryHeads × headDim}. */
  void output(float[] target);

  /** The keys as the library reads them. */
  KvTensor keys();

  /** The values as the library reads them. */
  KvTensor values();

  @Override
  void close();
}
