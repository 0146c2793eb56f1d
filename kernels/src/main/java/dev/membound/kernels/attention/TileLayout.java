package dev.membound.kernels.attention;

import dev.membound.kernels.memory.NativeAddress;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Where the elements of a tile lie: {@value #LANES} lanes wide, a sequence of <em>lines</em> that
 * hold two elements (first, second) or four for every lane.
 *
 * <pre>
 * 2-byte types: line = 64 bytes,  lane i at 4i: first, second       (one 32-bit lane holds a pair)
 * F32:          line = 128 bytes, all firsts, then all seconds
 * 1-byte types: line = 64 bytes,  lane i at 4i: four elements       (one 32-bit lane holds four)
 *
 * keys:    lane = token,    line = dim / 2,                pair = dims 2j and 2j + 1
 * values:  lane = dim % 16, line = dim / 32 · 16 + token,  pair = dims i and i + 16 of a panel of 32
 * bounds:  lane = page,     line = dim,                    pair = (max, min)
 *
 * 1-byte keys:    lane = token,    line = dim / 64 · 16 + dim % 16, four = dims i, i + 16, i + 32, i + 48
 * 1-byte values:  lane = dim % 16, line = dim / 64 · 16 + token,    of a panel of 64
 * INT8 keys:      the 32-bit lane is Σ element(i) · 256ⁱ: a negative element borrows from the next
 * </pre>
 *
 * <p>Keys are transposed so that a vector register holds one dimension of 16 tokens and a score
 * needs no horizontal sum; values are not, so that it holds 16 dimensions of one token. A key tile
 * and a value tile have equally many lines, so one loop walks both at the same pace. A tile of a
 * scaled type begins with its scales: a line of F32, lane = token; Q8_0 has a line of F16 pairs for
 * every panel, the scales of its lower and upper 32 dimensions. The layout does not depend on the
 * vector width.
 */
public final class TileLayout {
  /** Tokens of a key or value tile, pages of a bounds tile. */
  public static final int LANES = 16;

  /** Dimensions of a value panel of a type with pairs. */
  static final int PANEL_DIMS = 32;

  /** Dimensions of a panel of a 1-byte type. */
  static final int BYTE_PANEL_DIMS = 64;

  private static final int LINE = 64;
  private static final int PAIR = 2;

  private TileLayout() {}

  /** Bytes of a line: 128 for F32, else 64. */
  public static int lineBytes(KvType type) {
    return type == KvType.F32 ? 2 * LINE : LINE;
  }

  /** Elements of a line and lane: 2, or 4 of a 1-byte type. */
  static int lineElements(KvType type) {
    return type.isScaled() ? 2 * PAIR : PAIR;
  }

  /** Dimensions of a panel; head dimensions are padded with zeros to a multiple of it. */
  static int panelDims(KvType type) {
    return type.isScaled() ? BYTE_PANEL_DIMS : PANEL_DIMS;
  }

  /** {@code headDim} rounded up to whole panels. */
  static int paddedDim(KvType type, int headDim) {
    return Math.ceilDiv(headDim, panelDims(type)) * panelDims(type);
  }

  /** Bytes of a key or value tile. */
  static long tileBytes(KvType type, int headDim) {
    long lines = paddedDim(type, headDim) / lineElements(type);
    return scaleBytes(type, headDim) + lines * lineBytes(type);
  }

  /** Bytes from a tile's start to its first line of elements. */
  static int scaleBytes(KvType type, int headDim) {
    return switch (type) {
      case F32, F16, BF16 -> 0;
      case INT8, FP8_E4M3 -> LINE;
      case Q8_0 -> paddedDim(type, headDim) / BYTE_PANEL_DIMS * LINE;
    };
  }

  /** Bytes from a tile's start to a token's scale of a dimension. */
  static long scaleOffset(KvType type, int token, int dim) {
    long at = token * 4L;
    return type == KvType.Q8_0
        ? at + dim / BYTE_PANEL_DIMS * LINE + dim % BYTE_PANEL_DIMS / KvType.BLOCK_ELEMENTS * 2
        : at;
  }

  /** Bytes from the first line to an element of a type with pairs. */
  private static long elementOffset(KvType type, int line, int lane, boolean second) {
    long start = (long) line * lineBytes(type);
    return type == KvType.F32
        ? start + (second ? LINE : 0) + lane * 4L
        : start + lane * 4L + (second ? 2 : 0);
  }

  /** Where a dimension's multiplier stands in a query: by line, then by element of the line. */
  static int queryElement(KvType type, int dim) {
    int line = dim / BYTE_PANEL_DIMS * LANES + dim % LANES;
    return type.isScaled() ? line * 2 * PAIR + dim % BYTE_PANEL_DIMS / LANES : dim;
  }

  /** Bytes from the first line to an element of a key. */
  static long keyOffset(KvType type, int token, int dim) {
    return type.isScaled()
        ? byteOffset(dim, dim % LANES, token)
        : elementOffset(type, dim / 2, token, dim % 2 == 1);
  }

  /** Bytes from the first line to an element of a value. */
  static long valueOffset(KvType type, int token, int dim) {
    if (type.isScaled()) {
      return byteOffset(dim, token, dim % LANES);
    }
    int line = dim / PANEL_DIMS * LANES + token;
    return elementOffset(type, line, dim % LANES, dim % PANEL_DIMS >= LANES);
  }

  private static long byteOffset(int dim, int lineOfPanel, int lane) {
    long line = dim / BYTE_PANEL_DIMS * LANES + lineOfPanel;
    return line * LINE + lane * 4L + dim % BYTE_PANEL_DIMS / LANES;
  }

  /**
   * Where the memory starts, for loops that read tiles without checks of their own.
   *
   * @param tiles byte offsets, of which the first {@code count} are checked
   * @throws IndexOutOfBoundsException if a tile is not all in the memory
   */
  static long address(MemorySegment memory, long[] tiles, int count, long tileBytes) {
    for (int i = 0; i < count; i++) {
      Objects.checkFromIndexSize(tiles[i], tileBytes, memory.byteSize());
    }
    return NativeAddress.of(memory);
  }

  /** Reads one element of a tile, of a type with pairs, that starts at {@code tile}. */
  public static float load(
      KvType type, MemorySegment source, long tile, int line, int lane, boolean second) {
    return type.load(source, tile + elementOffset(type, line, lane, second));
  }

  /** Writes one element of a tile, of a type with pairs, that starts at {@code tile}. */
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
