package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * Activations quantized to 8 bits, a scale for every {@value #BLOCK}, like ggml's Q8_0 but with
 * binary32 scales: {@code x ≈ quant·scale}, {@code |quant| ≤ 127}. A block whose activations are
 * all below 2⁻¹²⁰ counts as zero; one with a NaN or infinity gets that as its scale.
 */
final class Int8Activations {
  static final int BLOCK = 32;

  private static final float SMALLEST = 0x1p-120f;
  // Adding it rounds to an integer, ties to even, and leaves that integer in the low bits.
  private static final float ROUNDER = 0x1.8p23f;
  private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

  /** One a column; meaningless in a block whose scale is not finite. */
  final int[] quants;

  /** One a block. */
  final float[] scales;

  Int8Activations(int cols) {
    quants = new int[cols];
    scales = new float[cols / BLOCK];
  }

  void quantize(float[] x) {
    quantize(x, 0);
  }

  /** Quantizes the activations from {@code x[start]} on. */
  void quantize(float[] x, int start) {
    for (int block = 0; block < scales.length; block++) {
      int from = block * BLOCK;
      float largest = VectorMath.largestMagnitude(x, start + from, BLOCK);
      boolean vanishes = largest < SMALLEST;
      scales[block] = vanishes ? 0 : largest / 127;
      float inverse = vanishes ? 0 : 127 / largest;
      for (int i = from; i < from + BLOCK; i += FLOATS) {
        FloatVector.fromArray(FLOAT, x, start + i)
            .mul(inverse)
            .add(ROUNDER)
            .reinterpretAsInts()
            .sub(ROUNDER_BITS)
            .intoArray(quants, i);
      }
    }
  }
}
