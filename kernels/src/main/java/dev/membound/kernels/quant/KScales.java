package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * Eight 6-bit scales and eight 6-bit minima in the 12 bytes of a Q4_K or Q5_K block (ggml's {@code
 * get_scale_min_k4}): the first four of each in the low 6 bits of bytes 0–3 and 4–7; the others
 * with their low 4 bits in bytes 8–11 and their high 2 bits on top of the first eight bytes.
 */
final class KScales {
  static final int COUNT = 8;
  static final int BYTES = 12;

  private KScales() {}

  static int scale(MemorySegment source, long offset, int i) {
    return i < 4
        ? LittleEndian.unsignedByte(source, offset + i) & 63
        : LittleEndian.unsignedByte(source, offset + i + 4) & 15
            | LittleEndian.unsignedByte(source, offset + i - 4) >>> 6 << 4;
  }

  static int minimum(MemorySegment source, long offset, int i) {
    return i < 4
        ? LittleEndian.unsignedByte(source, offset + i + 4) & 63
        : LittleEndian.unsignedByte(source, offset + i + 4) >>> 4
            | LittleEndian.unsignedByte(source, offset + i) >>> 6 << 4;
  }

  /**
   * The scales and minima of words: d, dmin, and eight of a scale and, in the upper byte, a
   * minimum.
   */
  static void read(short[] words, float[] scales, float[] minima) {
    float d = Float.float16ToFloat(words[0]);
    float dmin = Float.float16ToFloat(words[1]);
    for (int i = 0; i < COUNT; i++) {
      scales[i] = d * (words[2 + i] & 0xFF);
      minima[i] = dmin * (words[2 + i] >>> Byte.SIZE);
    }
  }

  /** Writes eight words of a scale and, in the upper byte, a minimum. */
  static void set(MemorySegment target, long offset, short[] words, int from) {
    for (int i = 0; i < 4; i++) {
      int first = words[from + i];
      int second = words[from + 4 + i];
      int scale = second & 63;
      int minimum = second >>> 8;
      LittleEndian.setByte(target, offset + i, first & 63 | scale >>> 4 << 6);
      LittleEndian.setByte(target, offset + i + 4, first >>> 8 | minimum >>> 4 << 6);
      LittleEndian.setByte(target, offset + i + 8, scale & 15 | (minimum & 15) << 4);
    }
  }
}
