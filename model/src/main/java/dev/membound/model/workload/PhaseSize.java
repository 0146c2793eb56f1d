package dev.membound.model.workload;

/**
 * Sizes of a phase on one device.
 *
 * @param phase prefill or decode
 * @param batch sequences
 * @param newTokens tokens a sequence that pass through the layers together
 * @param pastTokens tokens a sequence that are cached before
 * @param sharedTokens first tokens of {@code pastTokens} that all sequences have in common, cached
 *     and read once for all
 */
public record PhaseSize(
    Phase phase, long batch, long newTokens, long pastTokens, long sharedTokens) {

  /** New tokens of all sequences. */
  public long rows() {
    return Math.multiplyExact(batch, newTokens);
  }

  /** Past tokens of all sequences, shared ones once. */
  public long distinctPastTokens() {
    return sharedTokens + Math.multiplyExact(batch, pastTokens - sharedTokens);
  }
}
