package dev.membound.model.workload;

/**
 * What one device does in one execution of an operator, in bytes and FLOPs.
 *
 * @param weightBytes weights read
 * @param kvReadBytes keys and values read
 * @param kvWriteBytes keys and values written
 * @param indexBytes digests or indexer keys read
 * @param activationBytes activations read and written, which stay on chip where they fit
 * @param collectiveBytes sent to equal devices; they pass links and are in no sum of memory bytes
 * @param flops floating-point operations, 2 a multiply-add
 */
public record OperatorCost(
    long weightBytes,
    long kvReadBytes,
    long kvWriteBytes,
    long indexBytes,
    long activationBytes,
    long collectiveBytes,
    long flops) {

  /** Bytes that memory must deliver whatever the size of the caches. */
  public long streamedReadBytes() {
    return weightBytes + kvReadBytes + indexBytes;
  }

  /** All bytes of memory. */
  public long bytes() {
    return streamedReadBytes() + kvWriteBytes + activationBytes;
  }
}
