package dev.membound.model.study;

/** What came of a published claim. */
public enum Verdict {
  /** Our number agrees. */
  REPRODUCED("reproduced"),
  /** It agrees under conditions that the claim does not state, or only the direction does. */
  IN_PART("in part"),
  /** Our number differs by more than rounding and stated uncertainty. */
  NOT_REPRODUCED("not"),
  /** The source's own numbers do not give the number that it prints; ours is the right one. */
  CORRECTED("corrected");

  private final String label;

  Verdict(String label) {
    this.label = label;
  }

  /** For tables. */
  public String label() {
    return label;
  }
}
