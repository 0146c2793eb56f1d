package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOATS;

/**
 * Activations for 16-bit weights read as pairs: of every {@code 2·FLOATS} activations first those
 * at even, then those at odd columns, as an int lane holds them.
 */
final class PairedActivations {
  private PairedActivations() {}

  /** Reorders the whole steps of {@code x}, times {@code scale}; the rest keeps its order. */
  static void reorder(float[] x, float scale, float[] target) {
    int cols = target.length;
    int c = 0;
    for (; c <= cols - 2 * FLOATS; c += 2 * FLOATS) {
      for (int lane = 0; lane < FLOATS; lane++) {
        target[c + lane] = x[c + 2 * lane] * scale;
        target[c + FLOATS + lane] = x[c + 2 * lane + 1] * scale;
      }
    }
    for (; c < cols; c++) {
      target[c] = x[c] * scale;
    }
  }
}
