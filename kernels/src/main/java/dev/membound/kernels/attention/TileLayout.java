package dev.membound.kernels.attention;

import java.lang.foreign.MemorySegment;

/**
 * Where the elements of a tile lie: {@value #LANES} lanes wide, a sequence of <em>lines</em> that
 * hold a pair of elements (first, second) for every lane.
 *
 * <pre>
 * 2-byte types: line = 64 bytes,  lane i at 4i: first, second       (one 32-bit lane holds a pair)
 * F32:          line = 128 bytes, all firsts, then all seconds
 *
 * keys:    lane = token,    line = dim / 2,                pair = dims 2j and 2j + 1
 * values:  lane = dim % 16, line = dim / 32 · 16 + token,  pair = dims i and i + 16 of a panel of 32
 * bounds:  lane = page,     line = dim,                    pair = (max, min)
 * </pre>
 *
 * <p>Keys are transposed so that a vector register holds one dimension of 16 tokens and a score
 * needs no horizontal sum; values are not, so that it holds 16 dimensions of one token. A key tile
 * and a value tile have equally many lines, so one loop walks both at the same pace. The layout
 * does not depend on the vector width.
 */
public final class TileLayout {
  /** Tokens of a key or value tile, pages of a bounds tile. */
  public static final int LANES = 16;

  /** Dimensions of a value panel; head dimensions are padded with zeros to a multiple of it. */
  static final int PANEL_DIMS = 32;

  private static final int PAIR = 2;

  private TileLayout() {}

  /** Bytes of a line: 64 for 2-byte types, 128 for F32. */
  public static int lineBytes(KvType type) {
    return LANES * PAIR * type.elementBytes();
  }

  /** {@code headDim} rounded up to whole value panels. */
  static int paddedDim(int headDim) {
    return Math.ceilDiv(headDim, PANEL_DIMS) * PANEL_DIMS;
  }

  /** Bytes from a tile's start to an element; {@code second} picks the pair's second half. */
  private static long elementOffset(KvType type, int line, int lane, boolean second) {
    long start = (long) line * lineBytes(type);
    return type == KvType.F32
        ? start + (second ? 64 : 0) + lane * 4L
        : start + lane * 4L + (second ? 2 : 0);
  }

  static long keyOffset(KvType type, int token, int dim) {
    return elementOffset(type, dim / 2, token, dim % 2 == 1);
  }

  static long valueOffset(KvType type, int token, int dim) {
    int line = dim / PANEL_DIMS * LANES + token;
    return elementOffset(type, line, dim % LANES, dim % PANEL_DIMS >= LANES);
  }

  /** Reads one element of a tile that starts at {@code tile}. */
  public static float load(
      KvType type, MemorySegment source, long tile, int line, int lane, boolean second) {
    return type.load(source, tile + elementOffset(type, line, lane, second));
  }

  /** Writes one element of a tile that starts at {@code tile}. */
  public static void store(
      KvType type,
      MemorySegment target,
      long tile,
      int line,
      int lane,
      boolean second,
      float value) {
    type.store(target, tile + elementOffset(type, line, lane, second), value);
  }
}
