package dev.membound.model.workload;

/**
 * Softmax over the scores of all pairs, between two kernels that know nothing of each other.
 *
 * @param span what is attended to
 * @param devices devices that share the pairs
 * @param bytesPerPair scores read and written
 * @param flopsPerPair maximum, subtraction, exponential, sum, division
 */
record SoftmaxDemand(TokenSpan span, int devices, long bytesPerPair, long flopsPerPair)
    implements Demand {

  @Override
  public long activationBytes(PhaseSize size) {
    return Math.ceilDiv(Math.multiplyExact(span.pairs(size), bytesPerPair), devices);
  }

  @Override
  public long flops(PhaseSize size) {
    return Math.ceilDiv(Math.multiplyExact(span.pairs(size), flopsPerPair), devices);
  }
}
