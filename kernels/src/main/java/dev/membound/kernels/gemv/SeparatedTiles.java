package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.BYTE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import dev.membound.kernels.matrix.CodeWords;
import dev.membound.kernels.matrix.PackedLayout;
import dev.membound.kernels.matrix.SeparatedUnit;
import dev.membound.kernels.quant.QuantType;
import dev.membound.kernels.quant.SeparableCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Any format of separated blocks: an int lane holds a 16-bit word of the row of the lower half of
 * the tile and, above, of that of the upper. Scales are read row by row by the codec, a small part
 * of the work; codes by vectors, some columns under one scale at a time, first as integers, then as
 * floats.
 */
final class SeparatedTiles implements TileDecoder {
  private static final ValueLayout.OfShort WORD =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int TILE_ROWS = 2 * FLOATS;
  private static final byte NIBBLE = 15;
  private static final int CODES_PER_WORD = 4;

  /** Columns at a time: a divisor of every run of columns under one scale, or that run. */
  private static final int MOST_STEP_COLUMNS = 32;

  /**
   * Parts of words, in parallel arrays.
   *
   * @param offsets bytes from the start of a unit to the vector of words
   * @param shifts where the part starts in its word
   * @param masks as many bits as it has
   * @param codeBits which bit of its code it starts at
   * @param places where the lanes of its code start, in a step's levels
   */
  private record Fields(int[] offsets, int[] shifts, int[] masks, int[] codeBits, int[] places) {
    Fields(int count) {
      this(new int[count], new int[count], new int[count], new int[count], new int[count]);
    }
  }

  private final SeparableCodec codec;
  private final SeparatedUnit unit;
  private final int unitColumns;
  private final int stepColumns;

  /** Code words of a step. */
  private final int stepWords;

  /** For each step of a unit, the parts with the lowest bits of a code, and the further ones. */
  private final Fields[] first;

  private final Fields[] further;

  /** The first level; or 0, if the levels stand in {@link #book}. */
  private final int leastLevel;

  /** For 4-bit codes of uneven levels: the levels, as often as a vector has room for; or null. */
  private final byte[] book;

  private final int[] lanes = new int[TILE_ROWS];
  private final short[] words;
  private final float[] rowScales;
  private final float[] rowMinima;
  private final float[] scales;
  private final float[] minima;
  private final int[] levels;

  SeparatedTiles(QuantType type) {
    codec = (SeparableCodec) type.codec();
    unit = new SeparatedUnit(codec);
    unitColumns = codec.blockElements();
    CodeWords codeWords = CodeWords.ofBits(codec.codeBits());
    stepColumns = Math.min(MOST_STEP_COLUMNS, unitColumns / codec.groups());
    stepWords = stepColumns / codeWords.runCodes() * codeWords.runWords();
    levels = new int[stepColumns * TILE_ROWS];
    int steps = unitColumns / stepColumns;
    first = new Fields[steps];
    further = new Fields[steps];
    for (int step = 0; step < steps; step++) {
      first[step] = fields(codeWords, step, true);
      further[step] = fields(codeWords, step, false);
    }
    boolean isEven = isEven(codec);
    leastLevel = isEven ? codec.level(0) : 0;
    book = isEven ? null : book(codec);
    PackedLayout layout = PackedLayout.of(type, TILE_ROWS, unitColumns);
    for (int row = 0; row < TILE_ROWS; row++) {
      lanes[row] = layout.lane(row);
    }
    words = new short[codec.scaleWords()];
    rowScales = new float[codec.groups()];
    rowMinima = new float[codec.groups()];
    scales = new float[codec.groups() * TILE_ROWS];
    minima = new float[codec.groups() * TILE_ROWS];
  }

  private Fields fields(CodeWords words, int step, boolean firstOfCode) {
    int perStep = stepWords * words.fields();
    int firstPerStep = stepColumns;
    Fields fields = new Fields(firstOfCode ? firstPerStep : perStep - firstPerStep);
    int i = 0;
    for (int word = 0; word < stepWords; word++) {
      int inRun = word % words.runWords();
      for (int field = 0; field < words.fields(); field++) {
        if ((words.codeBit(inRun, field) == 0) == firstOfCode) {
          int code = word / words.runWords() * words.runCodes() + words.code(inRun, field);
          fields.offsets[i] =
              Math.toIntExact(unit.codeWord(step * stepWords + word) * TILE_ROWS * Short.BYTES);
          fields.shifts[i] = words.shift(field);
          fields.masks[i] = (1 << words.width(field)) - 1;
          fields.codeBits[i] = words.codeBit(inRun, field);
          fields.places[i] = code * TILE_ROWS;
          i++;
        }
      }
    }
    return fields;
  }

  private static boolean isEven(SeparableCodec codec) {
    for (int code = 1; code < 1 << codec.codeBits(); code++) {
      if (codec.level(code) != codec.level(0) + code) {
        return false;
      }
    }
    return true;
  }

  private static byte[] book(SeparableCodec codec) {
    byte[] book = new byte[BYTE.length()];
    for (int lane = 0; lane < book.length; lane++) {
      book[lane] = (byte) codec.level(lane & NIBBLE);
    }
    return book;
  }

  @Override
  public int rowVectors() {
    return 2;
  }

  @Override
  public int unitColumns() {
    return unitColumns;
  }

  @Override
  public void decode(
      MemorySegment w, long at, long stride, int units, MemorySegment target, long to) {
    for (int i = 0; i < units; i++) {
      long from = at + i * stride;
      readScales(w, from);
      for (int step = 0; step < first.length; step++) {
        int column = step * stepColumns;
        if (book == null) {
          set(w, from, first[step], levels);
          or(w, from, further[step], levels);
        } else {
          lookUp(w, from + first[step].offsets[0], stepWords, book, levels);
        }
        scaleLevels(
            levels,
            leastLevel,
            stepColumns,
            scales,
            minima,
            column * codec.groups() / unitColumns * TILE_ROWS,
            target,
            to + ((long) i * unitColumns + column) * COLUMN_STRIDE);
      }
    }
  }

  private void readScales(MemorySegment w, long from) {
    for (int row = 0; row < TILE_ROWS; row++) {
      for (int word = 0; word < words.length; word++) {
        long at = unit.scaleWord(word) * TILE_ROWS + lanes[row];
        words[word] = w.get(WORD, from + at * Short.BYTES);
      }
      codec.readScales(words, rowScales, rowMinima);
      for (int group = 0; group < rowScales.length; group++) {
        scales[group * TILE_ROWS + row] = rowScales[group];
        minima[group * TILE_ROWS + row] = rowMinima[group];
      }
    }
  }

  private static void set(MemorySegment w, long from, Fields fields, int[] codes) {
    int[] offsets = fields.offsets;
    int[] shifts = fields.shifts;
    int[] masks = fields.masks;
    int[] places = fields.places;
    for (int i = 0; i < offsets.length; i++) {
      IntVector word =
          IntVector.fromMemorySegment(INT, w, from + offsets[i], ByteOrder.LITTLE_ENDIAN)
              .lanewise(VectorOperators.LSHR, shifts[i]);
      word.and(masks[i]).intoArray(codes, places[i]);
      word.lanewise(VectorOperators.LSHR, Short.SIZE)
          .and(masks[i])
          .intoArray(codes, places[i] + FLOATS);
    }
  }

  private static void or(MemorySegment w, long from, Fields fields, int[] codes) {
    int[] offsets = fields.offsets;
    int[] shifts = fields.shifts;
    int[] masks = fields.masks;
    int[] codeBits = fields.codeBits;
    int[] places = fields.places;
    for (int i = 0; i < offsets.length; i++) {
      IntVector word =
          IntVector.fromMemorySegment(INT, w, from + offsets[i], ByteOrder.LITTLE_ENDIAN)
              .lanewise(VectorOperators.LSHR, shifts[i]);
      word.and(masks[i])
          .lanewise(VectorOperators.LSHL, codeBits[i])
          .or(IntVector.fromArray(INT, codes, places[i]))
          .intoArray(codes, places[i]);
      word.lanewise(VectorOperators.LSHR, Short.SIZE)
          .and(masks[i])
          .lanewise(VectorOperators.LSHL, codeBits[i])
          .or(IntVector.fromArray(INT, codes, places[i] + FLOATS))
          .intoArray(codes, places[i] + FLOATS);
    }
  }

  /**
   * Levels of words of four 4-bit codes: of both bytes of a row the low halves, and the high ones.
   */
  private static void lookUp(MemorySegment w, long from, int words, byte[] book, int[] levels) {
    ByteVector table = ByteVector.fromArray(BYTE, book, 0);
    for (int i = 0; i < words; i++) {
      long at = from + (long) i * TILE_ROWS * Short.BYTES;
      int to = i * CODES_PER_WORD * TILE_ROWS;
      ByteVector codes = ByteVector.fromMemorySegment(BYTE, w, at, ByteOrder.LITTLE_ENDIAN);
      IntVector low = codes.and(NIBBLE).selectFrom(table).reinterpretAsInts();
      IntVector high =
          codes
              .reinterpretAsInts()
              .lanewise(VectorOperators.LSHR, 4)
              .reinterpretAsBytes()
              .and(NIBBLE)
              .selectFrom(table)
              .reinterpretAsInts();
      low.lanewise(VectorOperators.LSHL, 24)
          .lanewise(VectorOperators.ASHR, 24)
          .intoArray(levels, to);
      low.lanewise(VectorOperators.LSHL, 8)
          .lanewise(VectorOperators.ASHR, 24)
          .intoArray(levels, to + FLOATS);
      high.lanewise(VectorOperators.LSHL, 24)
          .lanewise(VectorOperators.ASHR, 24)
          .intoArray(levels, to + TILE_ROWS);
      high.lanewise(VectorOperators.LSHL, 8)
          .lanewise(VectorOperators.ASHR, 24)
          .intoArray(levels, to + TILE_ROWS + FLOATS);
      low.lanewise(VectorOperators.LSHL, 16)
          .lanewise(VectorOperators.ASHR, 24)
          .intoArray(levels, to + 2 * TILE_ROWS);
      low.lanewise(VectorOperators.ASHR, 24).intoArray(levels, to + 2 * TILE_ROWS + FLOATS);
      high.lanewise(VectorOperators.LSHL, 16)
          .lanewise(VectorOperators.ASHR, 24)
          .intoArray(levels, to + 3 * TILE_ROWS);
      high.lanewise(VectorOperators.ASHR, 24).intoArray(levels, to + 3 * TILE_ROWS + FLOATS);
    }
  }

  private static void scaleLevels(
      int[] levels,
      int least,
      int columns,
      float[] scales,
      float[] minima,
      int group,
      MemorySegment target,
      long to) {
    FloatVector lowerScale = FloatVector.fromArray(FLOAT, scales, group);
    FloatVector upperScale = FloatVector.fromArray(FLOAT, scales, group + FLOATS);
    FloatVector lowerMinimum = FloatVector.fromArray(FLOAT, minima, group);
    FloatVector upperMinimum = FloatVector.fromArray(FLOAT, minima, group + FLOATS);
    for (int c = 0; c < columns; c++) {
      int at = c * TILE_ROWS;
      long column = to + (long) c * COLUMN_STRIDE;
      ((FloatVector)
              IntVector.fromArray(INT, levels, at).add(least).convert(VectorOperators.I2F, 0))
          .mul(lowerScale)
          .sub(lowerMinimum)
          .intoMemorySegment(target, column, ByteOrder.LITTLE_ENDIAN);
      ((FloatVector)
              IntVector.fromArray(INT, levels, at + FLOATS)
                  .add(least)
                  .convert(VectorOperators.I2F, 0))
          .mul(upperScale)
          .sub(upperMinimum)
          .intoMemorySegment(target, column + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
    }
  }
}
