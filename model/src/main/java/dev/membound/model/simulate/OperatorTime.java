package dev.membound.model.simulate;

/**
 * Time of one execution of an operator, by cause.
 *
 * @param startupSeconds fixed cost
 * @param memorySeconds if memory were all
 * @param computeSeconds if arithmetic were all
 * @param linkSeconds collectives and the exchange with engines elsewhere
 * @param totalSeconds start-up, link, and memory and compute under the overlap law
 */
record OperatorTime(
    double startupSeconds,
    double memorySeconds,
    double computeSeconds,
    double linkSeconds,
    double totalSeconds) {

  OperatorTime plus(OperatorTime other) {
    return new OperatorTime(
        startupSeconds + other.startupSeconds,
        memorySeconds + other.memorySeconds,
        computeSeconds + other.computeSeconds,
        linkSeconds + other.linkSeconds,
        totalSeconds + other.totalSeconds);
  }

  Bottleneck bottleneck() {
    double largest =
        Math.max(Math.max(startupSeconds, linkSeconds), Math.max(memorySeconds, computeSeconds));
    if (largest == memorySeconds) {
      return Bottleneck.MEMORY;
    }
    if (largest == computeSeconds) {
      return Bottleneck.COMPUTE;
    }
    return largest == linkSeconds ? Bottleneck.LINK : Bottleneck.STARTUP;
  }
}
