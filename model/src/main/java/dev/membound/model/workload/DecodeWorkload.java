package dev.membound.model.workload;

/**
 * One decode step: each of {@code batch} sequences, with {@code contextTokens} in its KV cache,
 * gets {@code newTokens} more; several where a draft is verified.
 *
 * @param sharedPrefixTokens first tokens of the context that all sequences have in common: cached
 *     and read once, as in cascade attention, Ye et al., FlashInfer, arXiv 2501.01005
 */
public record DecodeWorkload(
    int batch,
    long contextTokens,
    long newTokens,
    long sharedPrefixTokens,
    Formats formats,
    KvSelection selection,
    Fusion fusion)
    implements InferenceWorkload {

  public DecodeWorkload {
    InferenceWorkload.check(batch, contextTokens, "context");
    if (newTokens < 1 || newTokens > 1 << 20) {
      throw new IllegalArgumentException("new tokens must be 1 to 2^20, got " + newTokens);
    }
    if (sharedPrefixTokens < 0 || sharedPrefixTokens > contextTokens) {
      throw new IllegalArgumentException(
          "the shared prefix must be within the context, got "
              + sharedPrefixTokens
              + " of "
              + contextTokens
              + " tokens");
    }
  }

  /** One new token a sequence, nothing shared. */
  public DecodeWorkload(int batch, long contextTokens, Formats formats, KvSelection selection) {
    this(batch, contextTokens, 1, 0, formats, selection);
  }

  /** With kernels that join what is usually joined. */
  public DecodeWorkload(
      int batch,
      long contextTokens,
      long newTokens,
      long sharedPrefixTokens,
      Formats formats,
      KvSelection selection) {
    this(batch, contextTokens, newTokens, sharedPrefixTokens, formats, selection, Fusion.FUSED);
  }

  /** The same step with operators joined otherwise. */
  public DecodeWorkload withFusion(Fusion other) {
    return new DecodeWorkload(
        batch, contextTokens, newTokens, sharedPrefixTokens, formats, selection, other);
  }

  /** The same step with several new tokens a sequence. */
  public DecodeWorkload withNewTokens(long tokens) {
    return new DecodeWorkload(
        batch, contextTokens, tokens, sharedPrefixTokens, formats, selection, fusion);
  }

  @Override
  public Phase phase() {
    return Phase.DECODE;
  }

  @Override
  public long pastTokens() {
    return contextTokens;
  }
}
