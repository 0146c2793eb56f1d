package dev.membound.peers.bench;

/** How many objects of a library successive calls rotate over. */
final class Rotation {
  /** Each is a session or a context of its own, with memory besides its data. */
  private static final int MOST = 1024;

  private Rotation() {}

  /**
   * As many as fill a working set, at least one.
   *
   * @param what they are called, for people
   * @throws IllegalArgumentException if they would be more than {@value #MOST}
   */
  static int count(String what, long workingSetBytes, long bytesOfEach) {
    long count = Math.max(1, Math.ceilDiv(workingSetBytes, bytesOfEach));
    if (count > MOST) {
      throw new IllegalArgumentException(
          "a working set of %d bytes takes %d %s of %d bytes, more than %d: ask for larger ones"
              .formatted(workingSetBytes, count, what, bytesOfEach, MOST));
    }
    return (int) count;
  }
}
