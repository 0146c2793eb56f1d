package dev.membound.kernels.matrix;

import dev.membound.kernels.quant.QuantType;
import dev.membound.kernels.quant.SeparableCodec;
import java.util.List;

/**
 * How one format's bytes become lanes: the smallest run of columns that is packed as a whole, and
 * the fields of its bytes in the order in which the kernel reads them.
 *
 * @param unitColumns columns of a unit: a block, or as many elements as fill a word
 * @param rowsPerFloatLane 2 where a word is 16 bits wide, so that a vector of words covers twice as
 *     many rows as a vector of floats; else 1
 * @param finiteWeights whether every weight must decode to a finite number
 */
record PackedFormat(
    int unitColumns, int rowsPerFloatLane, boolean finiteWeights, List<Field> fields) {
  /**
   * A run of bytes of a unit, cut into words; one word of each row of the tile makes a vector.
   *
   * @param offset of the run in the bytes of the unit, or of the separated unit
   * @param words number of words
   * @param wordBytes 2 or 4
   * @param xor flips these bits of each word: turns signed bytes into biased ones
   * @param half whether the words are made of binary16 numbers, which must be finite
   */
  record Field(int offset, int words, int wordBytes, int xor, boolean half) {}

  /** A format whose blocks are {@linkplain SeparatedUnit separated} before they become lanes. */
  private static PackedFormat separated(SeparableCodec codec) {
    int words = SeparatedUnit.words(codec);
    return new PackedFormat(
        codec.blockElements(), 2, true, List.of(new Field(0, words, 2, 0, false)));
  }

  static PackedFormat of(QuantType type) {
    return switch (type) {
      case F32 -> new PackedFormat(1, 1, false, List.of(new Field(0, 1, 4, 0, false)));
      case F16 -> new PackedFormat(2, 1, false, List.of(new Field(0, 1, 4, 0, true)));
      case BF16 -> new PackedFormat(2, 1, false, List.of(new Field(0, 1, 4, 0, false)));
      case Q8_0 ->
          new PackedFormat(
              32,
              1,
              false,
              List.of(new Field(0, 1, 2, 0, true), new Field(2, 8, 4, 0x8080_8080, false)));
      case Q4_0 ->
          new PackedFormat(
              32, 2, false, List.of(new Field(0, 1, 2, 0, true), new Field(2, 8, 2, 0, false)));
      case FP8_E4M3_B128, FP8_E5M2_B128 ->
          new PackedFormat(
              128, 1, true, List.of(new Field(0, 1, 4, 0, false), new Field(4, 32, 4, 0, false)));
      case INT8_B128 ->
          new PackedFormat(
              128,
              1,
              true,
              List.of(new Field(0, 1, 4, 0, false), new Field(4, 32, 4, 0x8080_8080, false)));
      default -> separated((SeparableCodec) type.codec());
    };
  }
}
