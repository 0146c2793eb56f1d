package dev.membound.model.workload;

/**
 * Linear attention: every sequence's state is read and written once a phase, whatever its context.
 *
 * @param devices devices that share the heads
 * @param convolutionBytes weights of the convolution, decays and output norm
 * @param stateBytesPerSequence all heads' states and the convolution's last inputs
 * @param activationBytesPerVector queries, keys, values and results of one token
 * @param flopsPerVector of one token
 */
record RecurrenceDemand(
    int devices,
    long convolutionBytes,
    long stateBytesPerSequence,
    long activationBytesPerVector,
    long flopsPerVector)
    implements Demand {

  @Override
  public boolean growsWithContext() {
    return false;
  }

  @Override
  public long weightBytes(PhaseSize size) {
    return Math.ceilDiv(convolutionBytes, devices);
  }

  @Override
  public long kvReadBytes(PhaseSize size) {
    return Math.ceilDiv(Math.multiplyExact(size.batch(), stateBytesPerSequence), devices);
  }

  @Override
  public long kvWriteBytes(PhaseSize size) {
    return kvReadBytes(size);
  }

  @Override
  public long activationBytes(PhaseSize size) {
    return Math.ceilDiv(Math.multiplyExact(size.rows(), activationBytesPerVector), devices);
  }

  @Override
  public long flops(PhaseSize size) {
    return Math.ceilDiv(Math.multiplyExact(size.rows(), flopsPerVector), devices);
  }

  @Override
  public long inputBytes(PhaseSize size) {
    return activationBytes(size);
  }
}
