package dev.membound.benchmarks.ceiling;

/**
 * A fixed pseudo-random permutation of {@code 0 … 2^bits − 1}, computed in a few instructions: no
 * index array competes for the caches, and nothing is visited twice before all have been.
 *
 * <p>Odd multiplications and xor-shifts are bijections modulo a power of two, hence so is their
 * composition (the finaliser of MurmurHash3, cut to {@code bits} bits).
 *
 * @param bits 0 to 40
 */
record ScatteredOrder(int bits) {
  private static final long ODD_1 = 0xFF51AFD7ED558CCDL;
  private static final long ODD_2 = 0xC4CEB9FE1A85EC53L;

  ScatteredOrder {
    if (bits < 0 || bits > 40) {
      throw new IllegalArgumentException("0 to 40 bits, not " + bits);
    }
  }

  /**
   * @throws IllegalArgumentException unless {@code count} is a power of two
   */
  static ScatteredOrder of(long count) {
    if (Long.bitCount(count) != 1) {
      throw new IllegalArgumentException(count + " is no power of two");
    }
    return new ScatteredOrder(Long.numberOfTrailingZeros(count));
  }

  long count() {
    return 1L << bits;
  }

  /** The element at {@code position}, which counts modulo {@link #count()}. */
  long at(long position) {
    long mask = (1L << bits) - 1;
    int shift = (bits + 1) >>> 1;
    // + 1 keeps 0 from being a fixed point
    long x = (position + 1) & mask;
    x ^= x >>> shift;
    x = (x * ODD_1) & mask;
    x ^= x >>> shift;
    x = (x * ODD_2) & mask;
    x ^= x >>> shift;
    return x;
  }
}
