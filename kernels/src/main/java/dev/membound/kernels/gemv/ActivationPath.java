package dev.membound.kernels.gemv;

/** In which arithmetic a GEMV multiplies weights by activations. */
public enum ActivationPath {
  /** Weights are widened to binary32 and multiplied by the activations as they are. */
  FLOAT,
  /**
   * Activations are quantized to 8 bits, a scale for every 32, and multiplied in integers, as ggml
   * does: faster, and less exact by half a quantization step an activation.
   */
  INT8
}
