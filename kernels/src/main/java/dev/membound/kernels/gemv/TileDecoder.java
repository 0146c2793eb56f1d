package dev.membound.kernels.gemv;

import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;

/**
 * Decodes a tile of the packed layout to floats, lane = row, the same bits as the codec. One thread
 * at a time.
 */
interface TileDecoder {
  /** Bytes of a float vector. */
  int VECTOR_BYTES = Species.FLOATS * Float.BYTES;

  /** Bytes from one column of the decoded tile to the next. */
  int COLUMN_STRIDE = 2 * VECTOR_BYTES;

  /** Float vectors that cover the rows of a tile: 1 or 2, one after the other. */
  int rowVectors();

  /** Columns of a unit. */
  int unitColumns();

  /**
   * Decodes units.
   *
   * @param at first byte of the first unit
   * @param stride bytes from one unit to the next
   * @param target receives column c from {@code to + c·COLUMN_STRIDE}
   */
  void decode(MemorySegment w, long at, long stride, int units, MemorySegment target, long to);
}
