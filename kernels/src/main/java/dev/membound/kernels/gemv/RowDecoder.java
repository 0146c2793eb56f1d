package dev.membound.kernels.gemv;

import java.lang.foreign.MemorySegment;

/**
 * Decodes part of a row of the FILE layout to floats, the same bits as the codec. One thread at a
 * time.
 */
@FunctionalInterface
interface RowDecoder {
  /**
   * Decodes {@code cols} columns.
   *
   * @param row first byte of the row
   * @param fromCol first column, a multiple of the block and of {@link DecodedFile#CHUNK_COLUMNS}
   * @param cols a multiple of the block
   * @param target receives the weights from {@code to}
   */
  void decode(MemorySegment w, long row, int fromCol, int cols, float[] target, int to);
}
