package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.BYTE;

import dev.membound.kernels.quant.CodeBook;
import jdk.incubator.vector.ByteVector;

/**
 * Code books as vectors that a byte permutation looks up in: level i plus an offset in every lane i
 * + 16n, so that only the lower four bits of an index count and no index needs masking.
 */
final class LevelTables {
  /** What E2M1 tables exceed the doubled levels by. */
  static final int E2M1_OFFSET = 12;

  /** What IQ4 tables exceed the levels by. */
  static final int IQ4_OFFSET = ByteRing.BIAS;

  private static final int CODES = 16;

  private LevelTables() {}

  static ByteVector e2m1Doubled() {
    return table(CodeBook.E2M1_DOUBLED, E2M1_OFFSET);
  }

  static ByteVector iq4() {
    return table(CodeBook.IQ4, IQ4_OFFSET);
  }

  private static ByteVector table(CodeBook book, int offset) {
    byte[] table = new byte[BYTE.length()];
    for (int lane = 0; lane < table.length; lane++) {
      table[lane] = (byte) (book.level(lane % CODES) + offset);
    }
    return ByteVector.fromArray(BYTE, table, 0);
  }
}
