package dev.membound.model.memory;

/**
 * How an engine uses a memory.
 *
 * @param chunkBytes contiguous bytes; {@link Long#MAX_VALUE} for streaming
 * @param strideBytes from the start of a chunk to that of the next, at least {@code chunkBytes}; 0
 *     where chunks lie at random places
 * @param bytesInFlight bytes that the engine keeps requested at once; infinite where it never waits
 * @param writeShare share of the bytes that is written, 0 to 1
 */
public record AccessPattern(
    long chunkBytes, long strideBytes, double bytesInFlight, double writeShare) {

  /** Reading or writing. */
  public enum Direction {
    READ,
    WRITE
  }

  public AccessPattern {
    if (chunkBytes < 1 || !(bytesInFlight > 0)) {
      throw new IllegalArgumentException(
          "chunk and bytes in flight must be positive, got "
              + chunkBytes
              + " and "
              + bytesInFlight);
    }
    if (strideBytes != 0 && strideBytes < chunkBytes) {
      throw new IllegalArgumentException(
          "a stride of " + strideBytes + " B is shorter than its chunk of " + chunkBytes + " B");
    }
    if (!(writeShare >= 0 && writeShare <= 1)) {
      throw new IllegalArgumentException("write share must be 0 to 1, got " + writeShare);
    }
  }

  /** Chunks at random places, all read or all written. */
  public AccessPattern(long chunkBytes, double bytesInFlight, Direction direction) {
    this(chunkBytes, 0, bytesInFlight, direction == Direction.WRITE ? 1 : 0);
  }

  /** Contiguous reading by an engine that never waits for an answer. */
  public static AccessPattern streamRead() {
    return new AccessPattern(Long.MAX_VALUE, Double.POSITIVE_INFINITY, Direction.READ);
  }

  /** Contiguous writing by an engine that never waits. */
  public static AccessPattern streamWrite() {
    return new AccessPattern(Long.MAX_VALUE, Double.POSITIVE_INFINITY, Direction.WRITE);
  }

  /** Whether it has no gaps. */
  public boolean streams() {
    return chunkBytes == Long.MAX_VALUE;
  }

  /**
   * Bytes that move for one useful byte where memory hands out whole units of {@code unitBytes}.
   * Chunks start on a unit; strided chunks that share a unit share its transfer.
   */
  public double movedPerUsefulByte(double unitBytes) {
    if (streams()) {
      return 1;
    }
    double moved = Math.ceil(chunkBytes / unitBytes) * unitBytes;
    return (strideBytes > 0 ? Math.min(moved, strideBytes) : moved) / chunkBytes;
  }

  /** Rows (or pages, or blocks) of {@code rowBytes} that are opened for one useful byte. */
  public double openedPerUsefulByte(double rowBytes) {
    if (streams()) {
      return 1 / rowBytes;
    }
    double opened = Math.ceil(chunkBytes / rowBytes);
    return (strideBytes > 0 ? Math.min(opened, strideBytes / rowBytes) : opened) / chunkBytes;
  }
}
