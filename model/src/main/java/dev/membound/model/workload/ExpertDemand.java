package dev.membound.model.workload;

import dev.membound.model.llm.MixtureOfExperts;

/**
 * The chosen experts of a mixture: weights of the distinct experts that the tokens are expected to
 * choose, FLOPs of every choice, in both cases this device's share.
 *
 * @param mixture which experts there are
 * @param heldExperts routed experts on this device
 * @param groups groups of devices, each with a batch of its own, whose tokens meet at the experts
 * @param bytesPerExpert weights of this operator of one expert on this device
 * @param inputBytesPerChoice activations read for one token and expert
 * @param outputBytesPerChoice activations written
 * @param flopsPerChoice of one token and expert on this device
 */
record ExpertDemand(
    MixtureOfExperts mixture,
    int heldExperts,
    int groups,
    long bytesPerExpert,
    long inputBytesPerChoice,
    long outputBytesPerChoice,
    long flopsPerChoice)
    implements Demand {

  /** Tokens times experts that fall to this device, choices being even. */
  private long choices(PhaseSize size) {
    long all = Math.multiplyExact(size.rows(), (long) groups * mixture.active());
    return Math.ceilDiv(Math.multiplyExact(all, heldExperts), mixture.experts());
  }

  @Override
  public boolean growsWithContext() {
    return false;
  }

  @Override
  public long weightBytes(PhaseSize size) {
    long tokens = Math.multiplyExact(size.rows(), groups);
    return Math.round(mixture.expectedExperts(tokens, heldExperts) * bytesPerExpert);
  }

  @Override
  public long activationBytes(PhaseSize size) {
    return Math.multiplyExact(choices(size), inputBytesPerChoice + outputBytesPerChoice);
  }

  @Override
  public long flops(PhaseSize size) {
    return Math.multiplyExact(choices(size), flopsPerChoice);
  }

  @Override
  public long inputBytes(PhaseSize size) {
    return Math.multiplyExact(choices(size), inputBytesPerChoice);
  }

  @Override
  public long outputBytes(PhaseSize size) {
    return Math.multiplyExact(choices(size), outputBytesPerChoice);
  }
}
