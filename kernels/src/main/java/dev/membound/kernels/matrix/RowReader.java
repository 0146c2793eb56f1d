package dev.membound.kernels.matrix;

import dev.membound.kernels.quant.BlockCodec;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;

/** Decodes rows of matrices of one shape by the scalar reference, without allocating. */
public final class RowReader {
  private final BlockCodec codec;
  private final long rowBytes;
  private final PackedLayout packing;
  private final MemorySegment unpacked;

  /** A reader of {@code rows × cols} matrices in one format and layout. */
  public RowReader(QuantType type, MatrixLayout layout, int rows, int cols) {
    this.codec = type.codec();
    this.rowBytes = type.rowBytes(cols);
    this.packing = layout == MatrixLayout.PACKED ? PackedLayout.of(type, rows, cols) : null;
    this.unpacked = packing == null ? null : packing.newPaddedRow();
  }

  /**
   * Decodes one row.
   *
   * @param matrix of this reader's format, layout and shape
   * @param target receives {@code cols} weights
   */
  public void read(WeightMatrix matrix, int row, float[] target) {
    MemorySegment source = matrix.data();
    long offset = row * rowBytes;
    if (packing != null) {
      packing.unpackRow(source, row, unpacked);
      source = unpacked;
      offset = 0;
    }
    for (int c = 0; c < matrix.cols(); c += codec.blockElements()) {
      codec.decode(source, offset, target, c);
      offset += codec.blockBytes();
    }
  }
}
