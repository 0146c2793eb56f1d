package dev.membound.kernels.attention;

/**
 * How logits are made of scores: {@code logit = cap(scale · q·k)} for the tokens in the window.
 *
 * @param scale multiplies q·k; {@code 1/√headDim} by default; 1e-30 to 1e6
 * @param windowLeft tokens before the newest one that are attended to besides it, so a window of
 *     {@code windowLeft + 1} tokens of the block table; {@link #NO_WINDOW} for all
 * @param softCap c of {@code cap(x) = c·tanh(x/c)}; 1e-9 to 1e6, or {@link #NO_CAP} for none
 */
public record AttentionOptions(double scale, int windowLeft, double softCap) {
  public static final int NO_WINDOW = -1;
  public static final double NO_CAP = 0;

  /**
   * @throws IllegalArgumentException naming the number that is out of range
   */
  public AttentionOptions {
    if (!(scale >= 1e-30 && scale <= 1e6)) { // as an F32 it must not vanish
      throw new IllegalArgumentException("scale " + scale + " is not in [1e-30, 1e6]");
    }
    if (windowLeft < NO_WINDOW) {
      throw new IllegalArgumentException("window " + windowLeft + " is less than -1 (none)");
    }
    if (softCap != NO_CAP && !(softCap >= 1e-9 && softCap <= 1e6)) {
      throw new IllegalArgumentException(
          "soft cap " + softCap + " is not in [1e-9, 1e6], nor 0 (none)");
    }
  }

  /** All tokens, no cap, {@code scale = 1/√headDim}. */
  public static AttentionOptions of(AttentionShape shape) {
    return new AttentionOptions(1 / Math.sqrt(shape.headDim()), NO_WINDOW, NO_CAP);
  }

  public AttentionOptions withScale(double newScale) {
    return new AttentionOptions(newScale, windowLeft, softCap);
  }

  public AttentionOptions withWindowLeft(int tokens) {
    return new AttentionOptions(scale, tokens, softCap);
  }

  public AttentionOptions withSoftCap(double cap) {
    return new AttentionOptions(scale, windowLeft, cap);
  }

  boolean hasSoftCap() {
    return softCap != NO_CAP;
  }

  /** First token of a sequence that is attended to. */
  int firstToken(int length) {
    return windowLeft == NO_WINDOW ? 0 : Math.max(0, length - 1 - windowLeft);
  }
}
