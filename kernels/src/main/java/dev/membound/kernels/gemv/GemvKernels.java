package dev.membound.kernels.gemv;

import dev.membound.kernels.levels.LevelDecoder;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.matrix.PackedLayout;
import dev.membound.kernels.provider.KernelProvider;
import dev.membound.kernels.quant.QuantType;
import dev.membound.kernels.quant.SeparableCodec;
import java.util.List;

/** Which kernel serves which format, layout, number of vectors and activation path. */
final class GemvKernels {
  private static final int FILE_ROWS_PER_TURN = 16;

  private static final long TURN_BYTES = 1 << 20;
  private static final int MOST_TURN_TILES = 16;

  private GemvKernels() {}

  /**
   * The activation paths that a format has in a layout, the default for this number of vectors
   * first.
   */
  static List<ActivationPath> paths(QuantType type, MatrixLayout layout, int batch) {
    if (!KernelProvider.current().isVectorised() || !hasInt8(type, layout)) {
      return List.of(ActivationPath.FLOAT);
    }
    return batch < leastFloatBatch(type, layout)
        ? List.of(ActivationPath.INT8, ActivationPath.FLOAT)
        : List.of(ActivationPath.FLOAT, ActivationPath.INT8);
  }

  /**
   * From how many vectors on decoding once for all is faster than integers for each, by measurement
   * (docs/gemv.md): early where integers are decoded too, never where a packed decoder is slow.
   */
  private static int leastFloatBatch(QuantType type, MatrixLayout layout) {
    return switch (layout) {
      case FILE -> hasOwnFileKernel(type) ? 9 : 4;
      case PACKED ->
          switch (type) {
            case Q8_0, INT8_B128 -> 9;
            default -> Gemv.LARGEST_BATCH + 1;
          };
    };
  }

  private static boolean hasInt8(QuantType type, MatrixLayout layout) {
    return switch (type) {
      case F32, F16, BF16, FP8_E4M3_B128, FP8_E5M2_B128 -> false;
      case Q8_0, Q4_0, INT8_B128 -> true;
      default ->
          type.codec() instanceof SeparableCodec
              && (layout == MatrixLayout.FILE || PackedKernels.has(type));
    };
  }

  /**
   * The kernel for {@code batch} vectors.
   *
   * @param path one of {@link #paths}
   */
  static BatchKernel create(
      QuantType type,
      MatrixLayout layout,
      int rows,
      int cols,
      int batch,
      ActivationPath path,
      int workers) {
    if (!KernelProvider.current().isVectorised()) {
      return new ScalarGemv(type, layout, rows, cols, batch, workers);
    }
    if (batch == 1
        && path == pathOfOneVector(type, layout)
        && (layout == MatrixLayout.FILE || PackedKernels.has(type))) {
      return new OneVector(oneVector(type, layout, rows, cols, workers));
    }
    if (path == ActivationPath.INT8) {
      if (layout == MatrixLayout.FILE && !hasOwnFileKernel(type)) {
        return new LevelRows(type, LevelDecoder.of(type), rows, cols, batch, workers);
      }
      return new VectorsInTurn(
          () -> oneVector(type, layout, rows, cols, workers),
          rows,
          cols,
          batch,
          rowsPerTurn(type, layout, rows, cols));
    }
    return switch (layout) {
      case FILE -> new DecodedFile(type, rows, cols, batch, workers);
      case PACKED ->
          switch (type) {
            case F32 -> new F32BatchTiles(rows, cols, batch);
            case BF16 -> new BF16BatchTiles(rows, cols, batch);
            default -> new DecodedTiles(type, tileDecoders(type, workers), rows, cols, batch);
          };
    };
  }

  /** Whether a vector class multiplies blocks of the file as they are. */
  private static boolean hasOwnFileKernel(QuantType type) {
    return switch (type) {
      case F32, F16, BF16, Q8_0, Q4_0 -> true;
      default -> false;
    };
  }

  /** In which arithmetic the kernels of {@link #oneVector} multiply. */
  private static ActivationPath pathOfOneVector(QuantType type, MatrixLayout layout) {
    return hasInt8(type, layout) && (layout == MatrixLayout.PACKED || hasOwnFileKernel(type))
        ? ActivationPath.INT8
        : ActivationPath.FLOAT;
  }

  /**
   * As many tiles as stay in the second-level cache, more or less; short turns stop the streams.
   */
  private static int rowsPerTurn(QuantType type, MatrixLayout layout, int rows, int cols) {
    if (layout == MatrixLayout.FILE) {
      return FILE_ROWS_PER_TURN;
    }
    int tileRows = PackedLayout.of(type, rows, cols).tileRows();
    long tiles = TURN_BYTES / (tileRows * type.rowBytes(cols));
    return (int) Math.clamp(tiles, 2, MOST_TURN_TILES) * tileRows;
  }

  private static TileDecoder[] tileDecoders(QuantType type, int workers) {
    TileDecoder[] decoders = new TileDecoder[workers];
    for (int worker = 0; worker < workers; worker++) {
      decoders[worker] = tileDecoder(type);
    }
    return decoders;
  }

  private static TileDecoder tileDecoder(QuantType type) {
    return switch (type) {
      case F32, BF16 -> throw new IllegalArgumentException(type + " needs no decoding");
      case F16 -> new F16Tiles();
      case Q8_0 -> ByteTiles.q8_0();
      case Q4_0 -> new Q4_0Tiles();
      case FP8_E4M3_B128 -> Fp8Tiles.e4m3();
      case FP8_E5M2_B128 -> Fp8Tiles.e5m2();
      case INT8_B128 -> ByteTiles.int8Block128();
      default -> new SeparatedTiles(type);
    };
  }

  private static GemvKernel oneVector(
      QuantType type, MatrixLayout layout, int rows, int cols, int workers) {
    return switch (layout) {
      case FILE ->
          switch (type) {
            case F32 -> new F32FileKernel(cols, workers);
            case F16 ->
                cols > F16LongRowsKernel.SHORT_COLS && rows >= PairedRows.MANY_ROWS
                    ? new F16LongRowsKernel(cols, workers)
                    : new F16FileKernel(cols, workers);
            case BF16 ->
                cols > PairedRows.SHORT_COLS && rows >= PairedRows.MANY_ROWS
                    ? new BF16LongRowsKernel(cols, workers)
                    : new BF16FileKernel(cols, workers);
            case Q8_0 ->
                cols > Q8_0LongRowsKernel.SHORT_COLS && rows >= Q8_0LongRowsKernel.ROWS
                    ? new Q8_0LongRowsKernel(cols, workers)
                    : new Q8_0FileKernel(cols, workers);
            case Q4_0 -> new Q4_0FileKernel(cols, workers);
            default -> new DecodedRows(type, cols, workers);
          };
      case PACKED -> PackedKernels.create(type, rows, cols);
    };
  }
}
