package dev.membound.peers;

/**
 * One weight matrix inside another library, ready to be multiplied by a vector. Setting activations
 * and reading results lie outside of the timed call; whatever the library does with the activations
 * (rounding them to 8 bits, say) lies inside, as in ours.
 */
public sealed interface PeerGemv extends AutoCloseable
    permits GgmlGemv, JlamaGemv, OnnxRuntimeGemv, OpenBlasGemv {

  /** Sets x, one activation a column. */
  void activations(float[] x);

  /** Computes W·x: the timed call. */
  void multiply();

  /** Copies the results of the last call, one a row. */
  void result(float[] y);

  /** How this library rounds activations for this format. */
  ActivationRounding rounding();

  @Override
  void close();
}
