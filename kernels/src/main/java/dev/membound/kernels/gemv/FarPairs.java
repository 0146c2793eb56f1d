package dev.membound.kernels.gemv;

/**
 * Which two tiles of a share a kernel walks at once: about half a share apart, so that they are two
 * sequential streams to the prefetcher. {@link FarRows} does the like with rows.
 */
enum FarPairs {
  /** Exactly half of the items apart. */
  HALF,

  /**
   * An odd number of items apart. At a distance with a large power of two in it the streams compete
   * for the same sets, banks and prefetcher entries: Q4_0 at half the speed. F16, which has no
   * blocks, loses 0.01 to 0.03 instead.
   */
  ODD;

  /** Below, half a share is too short to give one up for an odd distance. */
  private static final int LEAST_DISTANCE = 16;

  /** Pairs that cover {@code items}. */
  int count(int items) {
    return items - distance(items);
  }

  /**
   * The item that a pair ends with; it starts with the item of its own number. The up to three
   * items that a distance leaves over come first, each its own partner: the stream that reads them
   * goes on with the first pair, and the other has not begun.
   */
  int partner(int pair, int items) {
    int distance = distance(items);
    return pair < items - 2 * distance ? pair : pair + distance;
  }

  private int distance(int items) {
    int half = items / 2;
    return this == HALF || half < LEAST_DISTANCE ? half : (half - 1) | 1;
  }
}
