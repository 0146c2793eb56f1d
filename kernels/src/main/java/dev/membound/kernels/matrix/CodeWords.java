package dev.membound.kernels.matrix;

/**
 * Codes of 1 to 8 bits in 16-bit words without a bit to spare: as many whole codes as a word takes,
 * lowest first, and the bits left at the top of the words of a run together hold the run's last
 * codes. A kernel multiplies every field of a word by a factor of its own, so it costs nothing that
 * a code lies in pieces.
 */
public enum CodeWords {
  BITS_1(1, 16, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
  BITS_2(2, 8, 1, 0, 2, 4, 6, 8, 10, 12, 14),
  BITS_3(3, 16, 3, 0, 3, 6, 9, 12, 15),
  BITS_4(4, 4, 1, 0, 4, 8, 12),
  BITS_5(5, 16, 5, 0, 5, 10, 15),
  BITS_6(6, 8, 3, 0, 6, 12, 14),
  BITS_7(7, 16, 7, 0, 7, 14, 15),
  BITS_8(8, 2, 1, 0, 8);

  private final int bits;
  private final int runCodes;
  private final int runWords;
  private final int wholeCodes;
  private final int[] shifts;

  CodeWords(int bits, int runCodes, int runWords, int... shifts) {
    this.bits = bits;
    this.runCodes = runCodes;
    this.runWords = runWords;
    this.wholeCodes = Short.SIZE / bits;
    this.shifts = shifts;
  }

  /**
   * The packing of codes of {@code bits} bits.
   *
   * @throws IllegalArgumentException if {@code bits} is not 1 to 8
   */
  public static CodeWords ofBits(int bits) {
    for (CodeWords words : values()) {
      if (words.bits == bits) {
        return words;
      }
    }
    throw new IllegalArgumentException("a code has 1 to 8 bits, not " + bits);
  }

  /** Codes that a run of {@link #runWords} words holds. */
  public int runCodes() {
    return runCodes;
  }

  /** Words of a run: the least number that holds whole codes only. */
  public int runWords() {
    return runWords;
  }

  /** Fields of a word. */
  public int fields() {
    return shifts.length;
  }

  /** Where a field starts in its word. */
  public int shift(int field) {
    return shifts[field];
  }

  /** Bits of a field. */
  public int width(int field) {
    return (field + 1 < shifts.length ? shifts[field + 1] : Short.SIZE) - shifts[field];
  }

  /** The code of the run that a field is, or is a piece of. */
  public int code(int word, int field) {
    return field < wholeCodes
        ? word * wholeCodes + field
        : runWords * wholeCodes + field - wholeCodes;
  }

  /** Which bit of its code a field starts at. */
  public int codeBit(int word, int field) {
    return field < wholeCodes ? 0 : word * width(field);
  }

  /** One word of the codes that start at {@code from}: a whole number of runs. */
  short pack(int[] codes, int from, int word) {
    int run = from + word / runWords * runCodes;
    int inRun = word % runWords;
    int packed = 0;
    for (int field = 0; field < shifts.length; field++) {
      int piece = codes[run + code(inRun, field)] >>> codeBit(inRun, field);
      packed |= (piece & (1 << width(field)) - 1) << shifts[field];
    }
    return (short) packed;
  }

  /** Adds a word's fields to codes that were zero. */
  void unpack(short packed, int[] codes, int from, int word) {
    int run = from + word / runWords * runCodes;
    int inRun = word % runWords;
    for (int field = 0; field < shifts.length; field++) {
      int piece = packed >>> shifts[field] & (1 << width(field)) - 1;
      codes[run + code(inRun, field)] |= piece << codeBit(inRun, field);
    }
  }
}
