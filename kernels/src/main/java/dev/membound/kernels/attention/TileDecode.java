package dev.membound.kernels.attention;

/**
 * How vector code turns a tile's bits into floats: {@code (bits >> shift) & mask}, a value that is
 * {@code factor} times too small.
 *
 * @param shift arithmetic right shift of a 16-bit element in the upper half of a 32-bit lane
 * @param mask bits to keep
 * @param factor what queries or weights are multiplied by to make up for it
 * @param lineBytes bytes of a tile's line
 */
record TileDecode(int shift, int mask, float factor, int lineBytes) {
  static TileDecode of(KvType type) {
    int lineBytes = TileLayout.lineBytes(type);
    return switch (type) {
      case F32 -> new TileDecode(0, -1, 1, lineBytes);
      case BF16 -> new TileDecode(0, 0xFFFF0000, 1, lineBytes);
      case F16 -> new TileDecode(3, 0x8FFFE000, 0x1p112f, lineBytes);
    };
  }

  boolean isTwoByte() {
    return lineBytes == TileLayout.lineBytes(KvType.F16);
  }
}
