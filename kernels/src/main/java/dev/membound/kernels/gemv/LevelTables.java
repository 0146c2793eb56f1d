package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.BYTE;

import dev.membound.kernels.quant.CodeBook;
import jdk.incubator.vector.ByteVector;

/** Code books as vectors that a byte permutation looks up in: entry i in lane i, plus an offset. */
final class LevelTables {
  /** What E2M1 tables exceed the doubled levels by. */
  static final int E2M1_OFFSET = 12;

  /** What either half of the IQ4 tables exceeds its half of the level by. */
  static final int IQ4_OFFSET = 8;

  private static final int CODES = 16;

  private LevelTables() {}

  static ByteVector e2m1Doubled() {
    byte[] table = new byte[BYTE.length()];
    for (int code = 0; code < CODES; code++) {
      table[code] = (byte) (CodeBook.E2M1_DOUBLED.level(code) + E2M1_OFFSET);
    }
    return ByteVector.fromArray(BYTE, table, 0);
  }

  /** The level, rounded to a multiple of 16, by 16. */
  static ByteVector iq4High() {
    byte[] table = new byte[BYTE.length()];
    for (int code = 0; code < CODES; code++) {
      table[code] = (byte) (high(code) + IQ4_OFFSET);
    }
    return ByteVector.fromArray(BYTE, table, 0);
  }

  /** What is left of the level, −8 to 7. */
  static ByteVector iq4Low() {
    byte[] table = new byte[BYTE.length()];
    for (int code = 0; code < CODES; code++) {
      table[code] = (byte) (CodeBook.IQ4.level(code) - 16 * high(code) + IQ4_OFFSET);
    }
    return ByteVector.fromArray(BYTE, table, 0);
  }

  private static int high(int code) {
    return Math.floorDiv(CodeBook.IQ4.level(code) + 8, 16);
  }

  /**
   * What a word's four levels are multiplied by: the permutations leave those of codes 0 and 2 in
   * one word, of 1 and 3 in another, one in each byte.
   */
  static void fillCoefficients(int[] quants, int[] coefficients) {
    for (int i = 0; i < coefficients.length; i += 4) {
      coefficients[i] = FieldCoefficients.pair(quants[i]);
      coefficients[i + 1] = FieldCoefficients.pair(quants[i + 1]);
      coefficients[i + 2] = FieldCoefficients.pair(quants[i + 2] - (quants[i] << Byte.SIZE));
      coefficients[i + 3] = FieldCoefficients.pair(quants[i + 3] - (quants[i + 1] << Byte.SIZE));
    }
  }
}
