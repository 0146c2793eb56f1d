package dev.membound.model.workload;

/**
 * A message that devices exchange.
 *
 * @param tokens which tokens it is about
 * @param bytesPerVector of the message of one token, as the network counts it: what a device has
 *     before an all-reduce, sends in an all-to-all, has after an all-gather
 * @param sentShare what a device sends as a multiple of its message: 2(n−1)/n for a ring
 *     all-reduce, (n−1)/n for an all-to-all and an all-gather around a ring, 1 for a plain message
 */
record CollectiveDemand(Vectors tokens, long bytesPerVector, double sentShare) implements Demand {

  static CollectiveDemand allReduce(int participants, long bytesPerVector) {
    return new CollectiveDemand(
        Vectors.NEW_TOKENS, bytesPerVector, 2.0 * (participants - 1) / participants);
  }

  static CollectiveDemand allToAll(int participants, long bytesPerVector) {
    return new CollectiveDemand(
        Vectors.NEW_TOKENS, bytesPerVector, (participants - 1.0) / participants);
  }

  static CollectiveDemand allGather(int participants, Vectors tokens, long bytesPerVector) {
    return new CollectiveDemand(tokens, bytesPerVector, (participants - 1.0) / participants);
  }

  static CollectiveDemand message(long bytesPerVector) {
    return new CollectiveDemand(Vectors.NEW_TOKENS, bytesPerVector, 1);
  }

  @Override
  public boolean growsWithContext() {
    return tokens.growsWithContext();
  }

  @Override
  public long inputBytes(PhaseSize size) {
    return Math.multiplyExact(tokens.count(size), bytesPerVector);
  }

  @Override
  public long outputBytes(PhaseSize size) {
    return inputBytes(size);
  }

  @Override
  public long collectiveBytes(PhaseSize size) {
    return Math.round(sentShare * inputBytes(size));
  }
}
