package dev.membound.kernels.quant;

/**
 * Two-level scales and minima of a super-block whose codes start at zero: sub-block s has the scale
 * {@code d·scaleCodes[s]} and the minimum {@code −dmin·minimumCodes[s]}.
 *
 * @param d as binary16 holds it
 * @param dmin as binary16 holds it
 */
record AffineScales(float d, float dmin, int[] scaleCodes, int[] minimumCodes) {
  /**
   * Spreads the codes of every sub-block evenly from its least weight, or zero if that is less, to
   * its largest; ggml's search for less squared error is left out.
   *
   * @param largestCode of a weight
   * @param largestScaleCode of a scale and of a minimum
   */
  static AffineScales fit(
      float[] weights,
      int from,
      int subBlocks,
      int elements,
      int largestCode,
      int largestScaleCode) {
    float[] scales = new float[subBlocks];
    float[] minima = new float[subBlocks];
    for (int sub = 0; sub < subBlocks; sub++) {
      WeightRange range = WeightRange.of(weights, from + sub * elements, elements);
      float least = Math.min(0, range.least());
      scales[sub] = (Math.max(least, range.largest()) - least) / largestCode;
      minima[sub] = -least;
    }
    float d = Rounding.extreme(scales, 0, subBlocks) / largestScaleCode;
    float dmin = Rounding.extreme(minima, 0, subBlocks) / largestScaleCode;
    return new AffineScales(
        Float.float16ToFloat(Float.floatToFloat16(d)),
        Float.float16ToFloat(Float.floatToFloat16(dmin)),
        codes(scales, d, largestScaleCode),
        codes(minima, dmin, largestScaleCode));
  }

  private static int[] codes(float[] values, float unit, int largest) {
    float inverse = Rounding.inverse(unit);
    int[] codes = new int[values.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = Rounding.code(values[i] * inverse, 0, largest);
    }
    return codes;
  }

  /** The code of a weight of sub-block {@code sub}. */
  int code(float weight, int sub, int largestCode) {
    float inverse = Rounding.inverse(d * scaleCodes[sub]);
    return Rounding.code((weight + dmin * minimumCodes[sub]) * inverse, 0, largestCode);
  }

  /** d, dmin, and a word for each sub-block: its scale, and its minimum in the upper byte. */
  short[] words() {
    short[] words = new short[2 + scaleCodes.length];
    words[0] = Float.floatToFloat16(d);
    words[1] = Float.floatToFloat16(dmin);
    for (int sub = 0; sub < scaleCodes.length; sub++) {
      words[2 + sub] = (short) (scaleCodes[sub] | minimumCodes[sub] << 8);
    }
    return words;
  }
}
