package dev.membound.kernels.levels;

import dev.membound.kernels.provider.Species;
import dev.membound.kernels.quant.CodeBook;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Species and constants of the decoders. */
final class Lanes {
  /** A group of levels. */
  static final VectorSpecies<Byte> SIXTEEN = ByteVector.SPECIES_128;

  /** A group as two longs. */
  static final VectorSpecies<Long> TWO_LONGS = LongVector.SPECIES_128;

  /** Up to 32 bytes: the planes of blocks of 256. */
  static final VectorSpecies<Byte> PLANE =
      VectorSpecies.of(
          byte.class, VectorShape.forBitSize(Math.min(256, Species.SHAPE.vectorBitSize())));

  /** Vectors of floats that a group is cast to. */
  static final int PARTS = SIXTEEN.length() / Species.FLOATS;

  static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Scales of 128 columns, or of half as many. */
  private static final VectorSpecies<Float> SCALES =
      VectorSpecies.of(
          float.class, VectorShape.forBitSize(Math.min(256, Species.SHAPE.vectorBitSize())));

  private static final int CODES = 16;

  private Lanes() {}

  /** Gives 8 or 16 groups one scale: {@code Arrays.fill} is a call. */
  static void fill(float[] scales, int from, int groups, float scale) {
    for (int group = 0; group < groups; group += SCALES.length()) {
      FloatVector.broadcast(SCALES, scale).intoArray(scales, from + group);
    }
  }

  /** A code book to look up in. */
  static ByteVector table(CodeBook book) {
    byte[] levels = new byte[CODES];
    for (int code = 0; code < CODES; code++) {
      levels[code] = (byte) book.level(code);
    }
    return ByteVector.fromArray(SIXTEEN, levels, 0);
  }
}
