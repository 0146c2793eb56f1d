package dev.membound.kernels.matrix;

import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.quant.BlockCodec;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A weight matrix in memory: {@code rows} outputs, {@code cols} inputs, stored in blocks of one
 * format.
 *
 * @param data exactly the matrix's bytes, any alignment
 */
public record WeightMatrix(
    QuantType type, MatrixLayout layout, int rows, int cols, MemorySegment data) {

  /** Writes one row of weights. */
  @FunctionalInterface
  public interface RowSource {
    /**
     * Fills {@code target}, which is one row long.
     *
     * @param row from 0
     */
    void fill(int row, float[] target);
  }

  /**
   * Wraps existing bytes.
   *
   * @throws IllegalArgumentException if the shape does not fit the format, or {@code data} is not
   *     as long as the shape needs
   */
  public WeightMatrix {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(layout, "layout");
    long needed = byteSize(type, layout, rows, cols);
    if (data.byteSize() != needed) {
      throw new IllegalArgumentException(
          "a %s matrix of %d x %d in the %s layout has %d bytes, but the data has %d"
              .formatted(type, rows, cols, layout, needed, data.byteSize()));
    }
  }

  /**
   * Bytes that a matrix of this shape takes.
   *
   * @throws IllegalArgumentException if {@code rows} is not positive or {@code cols} not a positive
   *     multiple of the block
   */
  public static long byteSize(QuantType type, MatrixLayout layout, int rows, int cols) {
    if (rows < 1) {
      throw new IllegalArgumentException("a matrix needs at least 1 row, not " + rows);
    }
    long rowBytes = type.rowBytes(cols);
    return switch (layout) {
      case FILE -> Math.multiplyExact(rows, rowBytes);
      case PACKED -> PackedLayout.of(type, rows, cols).byteSize();
    };
  }

  /** Wraps a mapped tensor of a GGUF file, without a copy. */
  public static WeightMatrix wrap(QuantType type, int rows, int cols, MemorySegment data) {
    return new WeightMatrix(type, MatrixLayout.FILE, rows, cols, data);
  }

  /**
   * Encodes finite weights, row by row, in the FILE layout.
   *
   * @param arena owns the new memory
   * @throws IllegalArgumentException if a weight is not finite, or so large that the format, or its
   *     scale, does not hold it
   */
  public static WeightMatrix encode(
      QuantType type, RowSource source, int rows, int cols, Arena arena) {
    MemorySegment data = OffHeap.allocate(arena, byteSize(type, MatrixLayout.FILE, rows, cols));
    BlockCodec codec = type.codec();
    float[] row = new float[cols];
    float[] decoded = new float[codec.blockElements()];
    long offset = 0;
    for (int r = 0; r < rows; r++) {
      source.fill(r, row);
      for (int c = 0; c < cols; c += codec.blockElements()) {
        codec.encode(row, c, data, offset);
        codec.decode(data, offset, decoded, 0);
        requireFinite(type, decoded, row, r, c);
        offset += codec.blockBytes();
      }
    }
    return wrap(type, rows, cols, data);
  }

  private static void requireFinite(QuantType type, float[] decoded, float[] row, int r, int c) {
    for (int i = 0; i < decoded.length; i++) {
      if (!Float.isFinite(row[c + i]) || !Float.isFinite(decoded[i])) {
        throw new IllegalArgumentException(
            "%s cannot hold the weights of row %d from column %d on; there is %s"
                .formatted(type, r, c, row[c + i]));
      }
    }
  }

  /**
   * Encodes finite weights in the FILE layout.
   *
   * @param weights row-major, {@code rows · cols} of them
   */
  public static WeightMatrix encode(
      QuantType type, float[] weights, int rows, int cols, Arena arena) {
    if (weights.length != (long) rows * cols) {
      throw new IllegalArgumentException(
          "%d weights do not fill a matrix of %d x %d".formatted(weights.length, rows, cols));
    }
    return encode(
        type,
        (row, target) -> System.arraycopy(weights, row * cols, target, 0, cols),
        rows,
        cols,
        arena);
  }

  /** Seeded random weights in the FILE layout: see {@link RandomWeights}. */
  public static WeightMatrix random(QuantType type, int rows, int cols, long seed, Arena arena) {
    return random(type, MatrixLayout.FILE, rows, cols, seed, arena);
  }

  /**
   * Seeded random weights for benchmarks, made at memory speed: the first rows are drawn uniformly
   * from [−0.5, 0.5) and encoded, the others repeat them. The same seed gives the same weights in
   * either layout.
   */
  public static WeightMatrix random(
      QuantType type, MatrixLayout layout, int rows, int cols, long seed, Arena arena) {
    return RandomWeights.create(type, layout, rows, cols, seed, arena);
  }

  /** Bytes of the matrix as stored, padding included: what one GEMV reads. */
  public long byteSize() {
    return data.byteSize();
  }

  /**
   * Copies a FILE matrix into the PACKED layout of this process.
   *
   * @throws IllegalStateException if the matrix is packed already
   * @throws IllegalArgumentException if a binary16 scale or weight is not finite
   */
  public WeightMatrix pack(Arena arena) {
    requireLayout(MatrixLayout.FILE, "pack");
    PackedLayout packing = PackedLayout.of(type, rows, cols);
    MemorySegment packed = OffHeap.allocate(arena, packing.byteSize());
    packRows(packing, packed, 0, rows);
    return new WeightMatrix(type, MatrixLayout.PACKED, rows, cols, packed);
  }

  /**
   * Copies a PACKED matrix back into the FILE layout, bit for bit what was packed.
   *
   * @throws IllegalStateException if the matrix is not packed
   */
  public WeightMatrix unpack(Arena arena) {
    requireLayout(MatrixLayout.PACKED, "unpack");
    MemorySegment file = OffHeap.allocate(arena, byteSize(type, MatrixLayout.FILE, rows, cols));
    PackedLayout packing = PackedLayout.of(type, rows, cols);
    MemorySegment padded = packing.newPaddedRow();
    long rowBytes = type.rowBytes(cols);
    for (int row = 0; row < rows; row++) {
      packing.unpackRow(data, row, padded);
      MemorySegment.copy(padded, 0, file, row * rowBytes, rowBytes);
    }
    return wrap(type, rows, cols, file);
  }

  /**
   * Decodes one row by the scalar reference.
   *
   * @param target receives {@code cols} weights
   */
  public void decodeRow(int row, float[] target) {
    Objects.checkIndex(row, rows);
    if (target.length < cols) {
      throw new IllegalArgumentException(
          "a row has %d weights, the target only %d places".formatted(cols, target.length));
    }
    new RowReader(type, layout, rows, cols).read(this, row, target);
  }

  /** Packs rows {@code first} to {@code end − 1} of this FILE matrix. */
  void packRows(PackedLayout packing, MemorySegment packed, int first, int end) {
    MemorySegment padded = packing.newPaddedRow();
    long rowBytes = type.rowBytes(cols);
    for (int row = first; row < end; row++) {
      MemorySegment.copy(data, row * rowBytes, padded, 0, rowBytes);
      packing.packRow(padded, row, packed);
    }
  }

  private void requireLayout(MatrixLayout needed, String operation) {
    if (layout != needed) {
      throw new IllegalStateException(
          "cannot %s a matrix in the %s layout: needs %s".formatted(operation, layout, needed));
    }
  }
}
