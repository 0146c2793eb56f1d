package dev.membound.kernels.quant;

/**
 * Two-level scales of a super-block whose codes lie around zero: sub-block s has the scale {@code
 * d·codes[s]}.
 *
 * @param d as binary16 holds it
 */
record SymmetricScales(float d, int[] codes) {
  /**
   * Puts the weight of largest magnitude of every sub-block, with its sign, on {@code leastCode},
   * and the largest of the scales on {@code −leastScale}.
   *
   * @param leastCode the code furthest below zero
   * @param scaleRange scales are codes from {@code −scaleRange} to {@code scaleRange − 1}
   */
  static SymmetricScales fit(
      float[] weights, int from, int subBlocks, int elements, int leastCode, int scaleRange) {
    float[] scales = new float[subBlocks];
    for (int sub = 0; sub < subBlocks; sub++) {
      scales[sub] = Rounding.extreme(weights, from + sub * elements, elements) / leastCode;
    }
    float exact = Rounding.extreme(scales, 0, subBlocks) / -scaleRange;
    float inverse = Rounding.inverse(exact);
    int[] codes = new int[subBlocks];
    for (int sub = 0; sub < subBlocks; sub++) {
      codes[sub] = Rounding.code(scales[sub] * inverse, -scaleRange, scaleRange - 1);
    }
    return new SymmetricScales(Float.float16ToFloat(Float.floatToFloat16(exact)), codes);
  }

  /** The scale of a sub-block as the decoder computes it. */
  float scale(int sub) {
    return d * codes[sub];
  }

  /** d, and the codes of two sub-blocks in each further word, as signed bytes. */
  short[] words() {
    short[] words = new short[1 + codes.length / 2];
    words[0] = Float.floatToFloat16(d);
    for (int sub = 0; sub < codes.length; sub++) {
      setCode(words, sub, codes[sub]);
    }
    return words;
  }

  /** The scales that such words stand for. */
  static void read(short[] words, float[] scales) {
    float d = Float.float16ToFloat(words[0]);
    for (int sub = 0; sub < 2 * (words.length - 1); sub++) {
      scales[sub] = d * code(words, sub);
    }
  }

  /** The code of a sub-block in the words that {@link #words} describes. */
  static int code(short[] words, int sub) {
    return (byte) (words[1 + sub / 2] >>> 8 * (sub % 2));
  }

  /** Sets the code of a sub-block, which must be zero before. */
  static void setCode(short[] words, int sub, int code) {
    words[1 + sub / 2] |= (short) ((code & 0xFF) << 8 * (sub % 2));
  }
}
