package dev.membound.model.workload;

/**
 * Scoring the index of all cached tokens to select the best; nothing while all of them are kept.
 *
 * @param span what is selected
 * @param indexSharers devices that share the index
 * @param devices devices that share the query heads, or modules that share the cache
 * @param pairDevices devices that share the pairs of a query token and an entry
 * @param pageTokens tokens with one entry in the index
 * @param bytesPerPage one entry
 * @param inputBytesPerVector queries of one token
 * @param flopsPerPage of one query token and one entry
 */
record ScanDemand(
    TokenSpan span,
    int indexSharers,
    int devices,
    int pairDevices,
    int pageTokens,
    long bytesPerPage,
    long inputBytesPerVector,
    long flopsPerPage)
    implements Demand {

  @Override
  public boolean runs(PhaseSize size) {
    return span.selects(size);
  }

  @Override
  public long indexBytes(PhaseSize size) {
    long own = size.phase() == Phase.PREFILL ? size.allRows() : 0;
    long pages = Math.ceilDiv(Math.addExact(size.distinctPastTokens(), own), pageTokens);
    return Math.ceilDiv(Math.multiplyExact(pages, bytesPerPage), indexSharers);
  }

  @Override
  public long activationBytes(PhaseSize size) {
    return inputBytes(size);
  }

  @Override
  public long flops(PhaseSize size) {
    long pages = Math.ceilDiv(TokenSpan.EVERYTHING.pairs(size), pageTokens);
    return Math.ceilDiv(Math.multiplyExact(pages, flopsPerPage), pairDevices);
  }

  @Override
  public long inputBytes(PhaseSize size) {
    return Math.ceilDiv(Math.multiplyExact(size.rows(), inputBytesPerVector), devices);
  }
}
