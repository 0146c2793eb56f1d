package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * 32 codes of 4 bits in 16 bytes, as ggml's blocks of 32 hold them: byte j has code j in its low
 * half and code j + 16 in its high half.
 */
final class SplitNibbles {
  static final int CODES = 32;
  static final int BYTES = CODES / 2;

  private SplitNibbles() {}

  /** Code {@code i} of the 32 whose bytes start at {@code offset}. */
  static int get(MemorySegment source, long offset, int i) {
    int codes = LittleEndian.unsignedByte(source, offset + i % BYTES);
    return i < BYTES ? codes & 15 : codes >>> 4;
  }

  /** Writes the low 4 bits of each of 32 codes. */
  static void set(MemorySegment target, long offset, int[] codes) {
    for (int j = 0; j < BYTES; j++) {
      LittleEndian.setByte(target, offset + j, codes[j] & 15 | (codes[j + BYTES] & 15) << 4);
    }
  }
}
