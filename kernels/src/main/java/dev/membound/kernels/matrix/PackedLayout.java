package dev.membound.kernels.matrix;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.membound.kernels.provider.KernelProvider;
import dev.membound.kernels.quant.QuantType;
import dev.membound.kernels.quant.SeparableCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The packed layout: one lane a row.
 *
 * <p>Columns are cut into panels of {@value #PANEL_COLUMNS} (formats with blocks: {@value
 * #BLOCK_PANEL_COLUMNS}), so that a panel's activations stay in the first-level cache; the rows of
 * a panel are cut into tiles of as many rows as a vector has lanes. A tile stores its columns one
 * unit after the other; a unit stores its scales, then its quants, each as vectors that hold the
 * same word of every row of the tile. So a kernel reads one contiguous stream a tile, multiplies it
 * by broadcast activations, and never sums across lanes.
 *
 * <p>Rows are padded with zeros to whole tiles, columns to whole units. A pair of 16-bit lanes
 * holds rows r and r + (half a tile), so that widening to 32 bits leaves rows in order.
 *
 * <p>Binary16 scales and weights must be finite: packing refuses others, so that kernels can widen
 * them with a shift. Blocks of a {@link SeparableCodec} are first taken apart into scales and codes
 * ({@link CodeWords}); one that could not be put together again bit for bit is refused.
 */
public final class PackedLayout {
  /** Columns of a panel of a format without blocks. */
  public static final int PANEL_COLUMNS = 1024;

  /**
   * Columns of a panel of a format with blocks: a multiple of every unit. Two tiles of a panel and
   * what they are multiplied by must fit in the first-level cache together, or the weights that
   * stream through evict the activations before the next pair of tiles needs them.
   */
  private static final int BLOCK_PANEL_COLUMNS = 512;

  /** Kernels of 2-bit codes look them up in tables of 32 bytes a column. */
  private static final int TABLE_PANEL_COLUMNS = 256;

  private static final ValueLayout.OfShort SHORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int HALF_EXPONENT = 0x7C00;

  private final QuantType type;
  private final PackedFormat format;
  private final int rows;
  private final int cols;
  private final int tileRows;
  private final int tiles;
  private final int units;
  private final int fileUnitBytes;
  private final int unitBytes;

  /** Null if a unit's words are its bytes as stored. */
  private final SeparableCodec separable;

  private final SeparatedUnit unpacking;

  private PackedLayout(QuantType type, int rows, int cols) {
    this.type = type;
    this.rows = rows;
    this.cols = cols;
    this.format = PackedFormat.of(type);
    KernelProvider provider = KernelProvider.current();
    int vectorBits =
        provider.isVectorised()
            ? provider.vectorBits()
            : KernelProvider.VECTOR_512.vectorBits(); // the reference reads any width
    this.tileRows = vectorBits / Float.SIZE * format.rowsPerFloatLane();
    this.tiles = Math.ceilDiv(rows, tileRows);
    this.units = Math.ceilDiv(cols, format.unitColumns());
    this.fileUnitBytes = format.unitColumns() / type.blockElements() * type.blockBytes();
    this.separable = type.codec() instanceof SeparableCodec codec ? codec : null;
    this.unpacking = separable == null ? null : new SeparatedUnit(separable);
    this.unitBytes =
        separable == null ? fileUnitBytes : SeparatedUnit.words(separable) * Short.BYTES;
  }

  /** The layout of a {@code rows × cols} matrix in this process. */
  public static PackedLayout of(QuantType type, int rows, int cols) {
    return new PackedLayout(type, rows, cols);
  }

  /** Rows of a tile. */
  public int tileRows() {
    return tileRows;
  }

  /** Tiles of a panel: all rows, rounded up. */
  public int tiles() {
    return tiles;
  }

  /** Panels of the matrix. */
  public int panels() {
    return Math.ceilDiv(units, panelUnits());
  }

  /** Units of a tile in a panel; only the last panel may have fewer than the others. */
  public int units(int panel) {
    return Math.min(panelUnits(), units - panel * panelUnits());
  }

  /** Bytes of one unit of a tile: the stride of a kernel's loop. */
  public int tileUnitBytes() {
    return unitBytes * tileRows;
  }

  /** Columns with padding: what a kernel's activations must cover. */
  public int paddedCols() {
    return units * format.unitColumns();
  }

  /** Where a tile of a panel starts, in bytes. */
  public long tileOffset(int panel, int tile) {
    long unitsBefore = (long) panel * panelUnits() * tiles + (long) tile * units(panel);
    return unitsBefore * tileUnitBytes();
  }

  /** Bytes of the packed matrix, padding included. */
  public long byteSize() {
    return (long) units * tiles * tileUnitBytes();
  }

  /**
   * Room for one row as stored, zero-padded to whole units; {@link #unpackRow} takes what is left
   * as scratch.
   */
  MemorySegment newPaddedRow() {
    int bytes = Math.multiplyExact(units, Math.max(unitBytes, fileUnitBytes));
    return MemorySegment.ofArray(new byte[bytes]);
  }

  /**
   * Spreads one row over its tile.
   *
   * @param stored the row in GGUF order, padded as {@link #newPaddedRow()} makes it
   * @throws IllegalArgumentException if a binary16 number of the row is not finite
   */
  void packRow(MemorySegment stored, int row, MemorySegment target) {
    if (format.finiteWeights()) {
      requireFiniteWeights(stored, row);
    }
    MemorySegment source = separable == null ? stored : separate(stored, row);
    for (int unit = 0; unit < units; unit++) {
      long from = (long) unit * unitBytes;
      long to = unitOffset(row, unit);
      for (PackedFormat.Field field : format.fields()) {
        int lane = lane(row) * field.wordBytes();
        int stride = field.wordBytes() * tileRows;
        for (int word = 0; word < field.words(); word++) {
          long at = from + field.offset() + (long) word * field.wordBytes();
          if (field.wordBytes() == 2) {
            short bits = source.get(SHORT, at);
            requireFinite(field, bits, row, unit);
            target.set(SHORT, to + lane, (short) (bits ^ field.xor()));
          } else {
            int bits = source.get(INT, at);
            requireFinite(field, bits, row, unit);
            requireFinite(field, bits >>> 16, row, unit);
            target.set(INT, to + lane, bits ^ field.xor());
          }
          to += stride;
        }
      }
    }
  }

  /**
   * Gathers one row from its tile: the reverse of {@link #packRow}.
   *
   * <p>One thread at a time on one layout object.
   *
   * @param target receives the row in GGUF order, padded as {@link #newPaddedRow()} makes it
   */
  void unpackRow(MemorySegment source, int row, MemorySegment target) {
    for (int unit = 0; unit < units; unit++) {
      long to = (long) unit * unitBytes;
      long from = unitOffset(row, unit);
      for (PackedFormat.Field field : format.fields()) {
        int lane = lane(row) * field.wordBytes();
        int stride = field.wordBytes() * tileRows;
        for (int word = 0; word < field.words(); word++) {
          long at = to + field.offset() + (long) word * field.wordBytes();
          if (field.wordBytes() == 2) {
            target.set(SHORT, at, (short) (source.get(SHORT, from + lane) ^ field.xor()));
          } else {
            target.set(INT, at, source.get(INT, from + lane) ^ field.xor());
          }
          from += stride;
        }
      }
      if (separable != null) {
        // In place: a stored block is no longer than its words, and the words are read first.
        unpacking.toBlock(target, to, target, (long) unit * fileUnitBytes);
      }
    }
  }

  /** The words of a whole row. */
  private MemorySegment separate(MemorySegment stored, int row) {
    SeparatedUnit separated = new SeparatedUnit(separable);
    MemorySegment words = MemorySegment.ofArray(new byte[units * unitBytes]);
    MemorySegment rebuilt = MemorySegment.ofArray(new byte[fileUnitBytes]);
    for (int unit = 0; unit < units; unit++) {
      long from = (long) unit * fileUnitBytes;
      long to = (long) unit * unitBytes;
      separated.fromBlock(stored, from, words, to);
      separated.toBlock(words, to, rebuilt, 0);
      if (rebuilt.mismatch(stored.asSlice(from, fileUnitBytes)) >= 0) {
        throw unpackable("the block", row, unit, "has bytes that no encoder writes");
      }
    }
    return words;
  }

  private int panelUnits() {
    int columns =
        switch (type) {
          case F32, F16, BF16 -> PANEL_COLUMNS;
          case Q2_K, TQ1_0, TQ2_0 -> TABLE_PANEL_COLUMNS;
          default -> BLOCK_PANEL_COLUMNS;
        };
    return columns / format.unitColumns();
  }

  private long unitOffset(int row, int unit) {
    int panel = unit / panelUnits();
    return tileOffset(panel, row / tileRows)
        + (long) (unit - panel * panelUnits()) * tileUnitBytes();
  }

  /** The lane that a row has in the words of its tile. */
  public int lane(int row) {
    int inTile = row % tileRows;
    int floatLanes = tileRows / format.rowsPerFloatLane();
    return inTile % floatLanes * format.rowsPerFloatLane() + inTile / floatLanes;
  }

  private void requireFiniteWeights(MemorySegment stored, int row) {
    float[] weights = new float[format.unitColumns()];
    for (int unit = 0; unit < units; unit++) {
      type.codec().decode(stored, (long) unit * fileUnitBytes, weights, 0);
      for (float weight : weights) {
        if (!Float.isFinite(weight)) {
          throw unpackable("a weight", row, unit, "is not finite");
        }
      }
    }
  }

  private void requireFinite(PackedFormat.Field field, int bits, int row, int unit) {
    if (field.half() && (bits & HALF_EXPONENT) == HALF_EXPONENT) {
      throw unpackable("the binary16 number", row, unit, "is not finite");
    }
  }

  private IllegalArgumentException unpackable(String what, int row, int unit, String why) {
    return new IllegalArgumentException(
        "%s matrix %d x %d: %s at row %d, columns from %d, %s and cannot be packed; multiply it in the FILE layout"
            .formatted(type, rows, cols, what, row, unit * format.unitColumns(), why));
  }
}
