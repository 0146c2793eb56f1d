package dev.membound.model.llm;

/**
 * Attention whose memory of the past is a matrix of fixed size a head, and a short convolution.
 *
 * @param recurrence which family
 * @param keyHeads heads of queries and keys; groups in Mamba-2
 * @param keyDim width of a query or key head; state size in Mamba-2
 * @param valueHeads heads of values, each with a state of {@code keyDim · valueDim}
 * @param valueDim width of a value head
 * @param convolutionWidth tokens that the convolution sees, the current one among them
 */
public record LinearAttention(
    Recurrence recurrence,
    int keyHeads,
    int keyDim,
    int valueHeads,
    int valueDim,
    int convolutionWidth)
    implements Attention {

  /** How the state follows the tokens. */
  public enum Recurrence {
    /** Gated delta rule: Yang, Kautz, Hatamizadeh, ICLR 2025, arXiv 2412.06464. */
    GATED_DELTA_NET(7),
    /** Delta rule with a decay a channel: Kimi Linear, arXiv 2510.26692. */
    KIMI_DELTA(7),
    /** Selective state space: Dao and Gu, Mamba-2, ICML 2024, arXiv 2405.21060. */
    MAMBA2(5);

    private final int flopsPerStateElement;

    Recurrence(int flopsPerStateElement) {
      this.flopsPerStateElement = flopsPerStateElement;
    }

    /**
     * FLOPs a state element and token. Delta rule: decay 1, read with the key 2, rank-one update 2,
     * read with the query 2. Mamba-2: decay 1, update 2, read 2.
     */
    public int flopsPerStateElement() {
      return flopsPerStateElement;
    }
  }

  public LinearAttention {
    boolean positive = keyHeads > 0 && keyDim > 0 && valueDim > 0 && convolutionWidth > 0;
    if (!positive || valueHeads < 1 || valueHeads % keyHeads != 0) {
      throw new IllegalArgumentException(
          "value heads must be a multiple of key heads, got " + valueHeads + " and " + keyHeads);
    }
  }

  private long keyWidth() {
    return (long) keyHeads * keyDim;
  }

  /** Channels that pass the convolution: queries, keys, values. */
  public long convolutionChannels() {
    return 2 * keyWidth() + outputElements();
  }

  /** Elements of the matrix states alone. */
  public long matrixStateElements() {
    return (long) valueHeads * keyDim * valueDim;
  }

  /** Elements of the matrices that make queries, keys, values, gates and decays. */
  public long inputElements(int hidden) {
    long values = outputElements();
    return switch (recurrence) {
      case GATED_DELTA_NET -> hidden * (2 * keyWidth() + 2 * values + 2L * valueHeads);
      // Decay and output gate pass a bottleneck as wide as a value head.
      case KIMI_DELTA ->
          hidden * (convolutionChannels() + valueHeads)
              + 2L * hidden * valueDim
              + valueDim * (keyWidth() + values);
      case MAMBA2 -> hidden * (2 * values + 2 * keyWidth() + valueHeads);
    };
  }

  @Override
  public int queryHeads() {
    return valueHeads;
  }

  @Override
  public int kvShards() {
    return keyHeads;
  }

  @Override
  public long outputElements() {
    return (long) valueHeads * valueDim;
  }

  @Override
  public long kvElementsPerToken() {
    return 0;
  }

  @Override
  public long keyElementsPerToken() {
    return 0;
  }

  @Override
  public long cachedTokens() {
    return EVERYTHING;
  }

  @Override
  public long stateElements() {
    return matrixStateElements() + (convolutionWidth - 1) * convolutionChannels();
  }

  @Override
  public long matrixElements(int hidden) {
    return inputElements(hidden) + outputElements() * hidden;
  }

  @Override
  public long vectorElements(int hidden) {
    long convolution = convolutionChannels() * convolutionWidth;
    return convolution
        + switch (recurrence) {
          // Decay and step a head, gain of the output norm.
          case GATED_DELTA_NET -> 2L * valueHeads + valueDim;
          // Decay a head, step a channel, gain of the output norm.
          case KIMI_DELTA -> valueHeads + keyWidth() + valueDim;
          // Bias of the convolution; decay, step and skip a head; gain of the output norm.
          case MAMBA2 -> convolutionChannels() + 3L * valueHeads + outputElements();
        };
  }
}
