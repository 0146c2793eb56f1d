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
 * @param contextParallel devices that divide the tokens of a prompt; each token of a decode step
 *     passes all of them
 */
public record PhaseSize(
    Phase phase,
    long batch,
    long newTokens,
    long pastTokens,
    long sharedTokens,
    int contextParallel) {

  /** New tokens of all sequences that pass through this device. */
  public long rows() {
    return phase == Phase.PREFILL
        ? Math.multiplyExact(batch, Math.ceilDiv(newTokens, contextParallel))
        : allRows();
  }

  /** New tokens of all sequences. */
  public long allRows() {
    return Math.multiplyExact(batch, newTokens);
  }

  /** Past tokens of all sequences, shared ones once. */
  public long distinctPastTokens() {
    return sharedTokens + Math.multiplyExact(batch, pastTokens - sharedTokens);
  }
}
