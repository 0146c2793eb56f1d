package dev.membound.model.workload;

/**
 * A message that devices exchange.
 *
 * @param participants devices
 * @param bytesPerVector of the message of one new token
 * @param sentShare what a device sends as a multiple of its message: 2(n−1)/n for a ring
 *     all-reduce, (n−1)/n for an all-to-all
 */
record CollectiveDemand(int participants, long bytesPerVector, double sentShare) implements Demand {

  static CollectiveDemand allReduce(int participants, long bytesPerVector) {
    return new CollectiveDemand(
        participants, bytesPerVector, 2.0 * (participants - 1) / participants);
  }

  static CollectiveDemand allToAll(int participants, long bytesPerVector) {
    return new CollectiveDemand(participants, bytesPerVector, (participants - 1.0) / participants);
  }

  @Override
  public long inputBytes(PhaseSize size) {
    return Math.multiplyExact(size.rows(), bytesPerVector);
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
