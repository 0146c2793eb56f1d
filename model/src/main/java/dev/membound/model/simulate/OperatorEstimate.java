package dev.membound.model.simulate;

/**
 * One operator of a phase, all its executions together, best estimate.
 *
 * @param engine {@code device/engine}, or the link of a collective
 * @param reach share of the operand that the engine reaches; the device's first engine has the rest
 * @param seconds all executions
 * @param startupSeconds, memorySeconds, computeSeconds, linkSeconds the parts; memory and compute
 *     overlap, so the parts may add up to more than {@code seconds}
 * @param bytes on each device
 * @param flops on each device
 */
public record OperatorEstimate(
    String operator,
    String engine,
    double reach,
    double seconds,
    double startupSeconds,
    double memorySeconds,
    double computeSeconds,
    double linkSeconds,
    long bytes,
    long flops,
    Bottleneck bottleneck) {}
