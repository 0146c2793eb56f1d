package dev.membound.kernels.levels;

import static dev.membound.kernels.levels.Lanes.SIXTEEN;
import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.CodeBook;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorOperators;

/** Codes of 4 bits that stand for uneven levels. */
final class CodeBookLevels {
  static final int RUN = 32;
  static final int RUN_BYTES = RUN / 2;

  static final ByteVector IQ4 = Lanes.table(CodeBook.IQ4);
  static final ByteVector E2M1_DOUBLED = Lanes.table(CodeBook.E2M1_DOUBLED);

  private static final byte NIBBLE = 15;

  private CodeBookLevels() {}

  /** Decodes 32 codes, of which code j + 16 stands above code j. */
  static void decode(long address, byte[] levels, int to, ByteVector book) {
    ByteVector codes =
        ByteVector.fromMemorySegment(
            SIXTEEN, SPACE, NativeAddress.within(address), ByteOrder.LITTLE_ENDIAN);
    codes.and(NIBBLE).selectFrom(book).intoArray(levels, to);
    codes
        .reinterpretAsInts()
        .lanewise(VectorOperators.LSHR, 4)
        .reinterpretAsBytes()
        .and(NIBBLE)
        .selectFrom(book)
        .intoArray(levels, to + RUN_BYTES);
  }
}
