package dev.membound.model.workload;

/**
 * What one execution of an operator asks of one device at a size, in bytes by kind and FLOPs. All
 * methods are pure and throw {@link ArithmeticException} beyond 64 bits.
 */
interface Demand {

  /** Whether the operator runs at all at this size. */
  default boolean runs(PhaseSize size) {
    return true;
  }

  /** Whether the cached tokens decide, and not the new ones alone. */
  default boolean growsWithContext() {
    return true;
  }

  default long weightBytes(PhaseSize size) {
    return 0;
  }

  default long kvReadBytes(PhaseSize size) {
    return 0;
  }

  default long kvWriteBytes(PhaseSize size) {
    return 0;
  }

  default long indexBytes(PhaseSize size) {
    return 0;
  }

  default long activationBytes(PhaseSize size) {
    return 0;
  }

  default long flops(PhaseSize size) {
    return 0;
  }

  /** Activations that an engine elsewhere has to be sent. */
  default long inputBytes(PhaseSize size) {
    return 0;
  }

  /** Results that it sends back. */
  default long outputBytes(PhaseSize size) {
    return 0;
  }

  /** Attention scores, which leave an engine that cannot do a softmax. */
  default long intermediateBytes(PhaseSize size) {
    return 0;
  }

  /** Bytes that the device sends to its equals. */
  default long collectiveBytes(PhaseSize size) {
    return 0;
  }
}
