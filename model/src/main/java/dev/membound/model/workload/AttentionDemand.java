package dev.membound.model.workload;

/**
 * Attention over a cache: the attended part of it once, and the FLOPs of every pair of tokens.
 *
 * @param span what is attended to
 * @param kvSharers devices that share what is read of the cache
 * @param kvWriters devices that share what is written to it
 * @param devices devices that share the heads, or modules that share the cache
 * @param pairDevices devices that share the pairs: those, times the parts of a context
 * @param readBytesPerToken keys and values of one token
 * @param writeBytesPerToken what one new token adds to the caches
 * @param inputBytesPerVector queries of one token
 * @param newKvBytesPerVector keys and values of one new token on their way to the cache
 * @param outputBytesPerVector results of one token
 * @param partialBytesPerVector log-sum-exp of one token, which partial results are merged with
 * @param flopsPerPair of a new and an attended token
 * @param scoresPerPair one a query head
 * @param scoreBytesPerPair of them
 */
record AttentionDemand(
    TokenSpan span,
    int kvSharers,
    int kvWriters,
    int devices,
    int pairDevices,
    long readBytesPerToken,
    long writeBytesPerToken,
    long inputBytesPerVector,
    long newKvBytesPerVector,
    long outputBytesPerVector,
    long partialBytesPerVector,
    long flopsPerPair,
    long scoresPerPair,
    long scoreBytesPerPair)
    implements Demand {

  /** The product of queries and keys as a kernel of its own, which hands its scores on. */
  Demand scores() {
    return half(inputBytesPerVector, 0, 0);
  }

  /** The product of scores and values as a kernel of its own. */
  Demand values() {
    return half(0, outputBytesPerVector, partialBytesPerVector);
  }

  private AttentionDemand half(long input, long output, long partial) {
    return new AttentionDemand(
        span,
        kvSharers,
        kvWriters,
        devices,
        pairDevices,
        readBytesPerToken / 2,
        writeBytesPerToken / 2,
        input,
        newKvBytesPerVector / 2,
        output,
        partial,
        flopsPerPair / 2,
        scoresPerPair,
        scoreBytesPerPair);
  }

  /** The softmax between them: scores read and written, about 5 FLOP each. */
  Demand softmax() {
    return new SoftmaxDemand(span, pairDevices, 2 * scoreBytesPerPair, 5 * scoresPerPair);
  }

  @Override
  public long kvReadBytes(PhaseSize size) {
    // A prompt attends to itself: its keys and values are read back once.
    long own = size.phase() == Phase.PREFILL ? size.allRows() : 0;
    long tokens = Math.addExact(span.readTokens(size), own);
    return Math.ceilDiv(Math.multiplyExact(tokens, readBytesPerToken), kvSharers);
  }

  @Override
  public long kvWriteBytes(PhaseSize size) {
    return Math.ceilDiv(Math.multiplyExact(size.allRows(), writeBytesPerToken), kvWriters);
  }

  @Override
  public long activationBytes(PhaseSize size) {
    return share(size.rows(), inputBytesPerVector + outputBytesPerVector, devices);
  }

  @Override
  public long flops(PhaseSize size) {
    return share(span.pairs(size), flopsPerPair, pairDevices);
  }

  @Override
  public long inputBytes(PhaseSize size) {
    return share(size.rows(), inputBytesPerVector + newKvBytesPerVector, devices);
  }

  @Override
  public long outputBytes(PhaseSize size) {
    return share(size.rows(), outputBytesPerVector + partialBytesPerVector, devices);
  }

  @Override
  public long intermediateBytes(PhaseSize size) {
    return share(span.pairs(size), scoreBytesPerPair, pairDevices);
  }

  private static long share(long units, long perUnit, int sharers) {
    return Math.ceilDiv(Math.multiplyExact(units, perUnit), sharers);
  }
}
