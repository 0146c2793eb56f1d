package dev.membound.kernels.quant;

/** The least and the largest of some weights. */
record WeightRange(float least, float largest) {
  static WeightRange of(float[] weights, int from, int count) {
    float least = weights[from];
    float largest = weights[from];
    for (int i = from + 1; i < from + count; i++) {
      least = Math.min(least, weights[i]);
      largest = Math.max(largest, weights[i]);
    }
    return new WeightRange(least, largest);
  }
}
