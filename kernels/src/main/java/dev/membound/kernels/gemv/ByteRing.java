package dev.membound.kernels.gemv;

/**
 * Multiplying bytes without masking them apart, as {@link NibbleRing} does with nibbles. A 16-bit
 * lane {@code v = b₀ + 256·b₁} holds two weights biased by {@value #BIAS}: {@code x₀·v + (x₁ −
 * 256·x₀)·(v >>> 8) − 128·(x₀ + x₁)} is the product of both weights with their quants, exactly
 * modulo 2¹⁶, and its magnitude is at most 2 · 128 · 127 &lt; 2¹⁵. An int lane has four columns of
 * a row. Kernels sum whole words and, shifted down, their upper halves: the sum of both halves is
 * that of the words with the upper ones counted once instead of 65536 times, exactly modulo 2³².
 *
 * <p>Two multiplications of 16 bits a word instead of four of 32.
 */
final class ByteRing {
  /** Columns of a word. */
  static final int COLUMNS = Integer.BYTES;

  /** Coefficients of a word. In one array: with three, the loops ran out of registers. */
  static final int COEFFICIENTS = 3;

  /** What a stored byte exceeds its weight by. */
  static final int BIAS = 128;

  /** Times the sum of upper halves, leaves them once in a sum of words instead of 65536 times. */
  static final int UPPER_ONCE = 1 - (1 << Short.SIZE);

  /** Added to a lower half, which is then not negative and does not borrow from the upper one. */
  private static final int LOWER_BIAS = 0x8000;

  private static final int LOWER = 0xFFFF;

  private ByteRing() {}

  /**
   * Fills the coefficients of all words, {@value #COEFFICIENTS} each, for both halves of a word:
   * that of {@code v}, that of {@code v >>> 8} and what is added.
   */
  static void fill(int[] quants, int[] coefficients) {
    for (int word = 0; word < quants.length / COLUMNS; word++) {
      int from = word * COLUMNS;
      put(
          coefficients,
          word * COEFFICIENTS,
          quants[from],
          quants[from + 1],
          quants[from + 2],
          quants[from + 3]);
    }
  }

  /**
   * As {@link #fill} where both halves of an int are words of one column range, of two rows, and
   * levels of four columns stand in two vectors: those of columns 0 and 2, then of 1 and 3.
   */
  static void fillLevels(int[] quants, int[] coefficients) {
    for (int word = 0; word < quants.length / COLUMNS; word++) {
      int from = word * COLUMNS;
      int at = 2 * word * COEFFICIENTS;
      int x0 = quants[from];
      int x1 = quants[from + 1];
      int x2 = quants[from + 2];
      int x3 = quants[from + 3];
      put(coefficients, at, x0, x2, x0, x2);
      put(coefficients, at + COEFFICIENTS, x1, x3, x1, x3);
    }
  }

  /**
   * The coefficients for {@code x0} and {@code x1} in the lower half, {@code x2} and {@code x3} in
   * the upper one.
   */
  private static void put(int[] coefficients, int at, int x0, int x1, int x2, int x3) {
    coefficients[at] = halves(x0, x2);
    coefficients[at + 1] = halves(x1 - 256 * x0, x3 - 256 * x2);
    coefficients[at + 2] = halves(LOWER_BIAS - BIAS * (x0 + x1), -BIAS * (x2 + x3));
  }

  /** Coefficients of that many columns. */
  static int count(int cols) {
    return cols / COLUMNS * COEFFICIENTS;
  }

  /** The integer sum to start with where {@code words} lower halves are added with their bias. */
  static int start(int words) {
    return -words * LOWER_BIAS;
  }

  private static int halves(int lower, int upper) {
    return lower & LOWER | upper << Short.SIZE;
  }
}
