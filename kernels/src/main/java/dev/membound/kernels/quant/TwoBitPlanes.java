package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * 256 codes of 2 bits in 64 bytes, as ggml's Q2_K, Q3_K and TQ2_0 hold them: byte i of each half of
 * 32 bytes has the half's codes i, i + 32, i + 64 and i + 96, the first in its lowest bits.
 */
final class TwoBitPlanes {
  static final int CODES = 256;
  static final int BYTES = CODES / 4;
  private static final int HALF_CODES = 128;
  private static final int HALF_BYTES = HALF_CODES / 4;

  private TwoBitPlanes() {}

  static int get(MemorySegment source, long offset, int i) {
    int at = i / HALF_CODES * HALF_BYTES + i % HALF_BYTES;
    return LittleEndian.unsignedByte(source, offset + at) >>> shift(i) & 3;
  }

  /** Writes the low 2 bits of each of 256 codes. */
  static void set(MemorySegment target, long offset, int[] codes) {
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < CODES; i++) {
      bytes[i / HALF_CODES * HALF_BYTES + i % HALF_BYTES] |= (byte) ((codes[i] & 3) << shift(i));
    }
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, target, offset, BYTES);
  }

  private static int shift(int i) {
    return i % HALF_CODES / HALF_BYTES * 2;
  }
}
