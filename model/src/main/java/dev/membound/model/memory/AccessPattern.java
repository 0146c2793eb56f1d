package dev.membound.model.memory;

/**
 * How an engine uses a memory.
 *
 * @param chunkBytes contiguous bytes at a random place; {@link Long#MAX_VALUE} for streaming
 * @param bytesInFlight bytes that the engine keeps requested at once; infinite where it never waits
 * @param direction reading or writing
 */
public record AccessPattern(long chunkBytes, double bytesInFlight, Direction direction) {

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
  }

  /** Contiguous reading by an engine that never waits for an answer. */
  public static AccessPattern streamRead() {
    return new AccessPattern(Long.MAX_VALUE, Double.POSITIVE_INFINITY, Direction.READ);
  }
}
