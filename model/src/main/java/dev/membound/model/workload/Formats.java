package dev.membound.model.workload;

/**
 * Data formats of what a model reads and writes.
 *
 * @param weights matrices; norms and biases follow {@link DataFormat#vectorFormat()}
 * @param kv keys, values and latent vectors
 * @param activations between operators; also the format of the arithmetic
 * @param indexKeys keys of a lightning indexer
 * @param state recurrent states of linear attention
 */
public record Formats(
    DataFormat weights,
    DataFormat kv,
    DataFormat activations,
    DataFormat indexKeys,
    DataFormat state) {

  /**
   * Indexer keys as DeepSeek stores them, 132 B a token; states in single precision, as trained.
   */
  public Formats(DataFormat weights, DataFormat kv, DataFormat activations) {
    this(weights, kv, activations, DataFormat.FP8_G128, DataFormat.F32);
  }
}
