package dev.membound.kernels.quant;

/** A format's levels that are not evenly spaced: what each 4-bit code stands for. */
public final class CodeBook {
  /** IQ4_NL and IQ4_XS, ggml's {@code kvalues_iq4nl}. */
  public static final CodeBook IQ4 =
      new CodeBook(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

  /** E2M1 of the OCP Microscaling specification v1.0, doubled so that levels are integers. */
  public static final CodeBook E2M1_DOUBLED =
      new CodeBook(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

  private final int[] levels;

  private CodeBook(int... levels) {
    this.levels = levels;
  }

  /** The level of a code, 0 to 15. */
  public int level(int code) {
    return levels[code];
  }

  /** The code whose level times {@code scale} is nearest to {@code weight}; the first of equals. */
  int nearest(float weight, float scale) {
    int best = 0;
    for (int code = 1; code < levels.length; code++) {
      if (Math.abs(scale * levels[code] - weight) < Math.abs(scale * levels[best] - weight)) {
        best = code;
      }
    }
    return best;
  }
}
