package dev.membound.model.llm;

/** How the residual stream is normalised. */
public enum Norm {
  /** Gain alone: Zhang and Sennrich, NeurIPS 2019, arXiv 1910.07467. */
  RMS(1),
  /** Gain and shift: Ba, Kiros, Hinton, arXiv 1607.06450. */
  LAYER(2);

  private final int vectors;

  Norm(int vectors) {
    this.vectors = vectors;
  }

  /** Parameters a channel. */
  public int vectors() {
    return vectors;
  }
}
