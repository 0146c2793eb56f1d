package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.INT;

import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Q8_0 and INT8_B128: biased bytes, four columns an int lane, after the block's scale. */
final class ByteTiles implements TileDecoder {
  private static final VectorSpecies<Short> HALVES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(Species.SHAPE.vectorBitSize() / 2));
  private static final int BIAS = 0x8080_8080;

  private final int block;
  private final boolean halfScales;

  private ByteTiles(int block, boolean halfScales) {
    this.block = block;
    this.halfScales = halfScales;
  }

  static ByteTiles q8_0() {
    return new ByteTiles(32, true);
  }

  static ByteTiles int8Block128() {
    return new ByteTiles(128, false);
  }

  @Override
  public int rowVectors() {
    return 1;
  }

  @Override
  public int unitColumns() {
    return block;
  }

  @Override
  public void decode(
      MemorySegment w, long at, long stride, int units, MemorySegment target, long to) {
    for (int i = 0; i < units; i++) {
      long unit = at + i * stride;
      long column = to + (long) i * block * COLUMN_STRIDE;
      if (halfScales) {
        halfScale(w, unit, target, column);
        scaleBytes(w, unit + HALVES.vectorByteSize(), block / Integer.BYTES, target, column);
      } else {
        floatScale(w, unit, target, column);
        scaleBytes(w, unit + VECTOR_BYTES, block / Integer.BYTES, target, column);
      }
    }
  }

  /** Leaves the scales where the first column will be. */
  private static void halfScale(MemorySegment w, long at, MemorySegment target, long to) {
    ((IntVector)
            ShortVector.fromMemorySegment(HALVES, w, at, ByteOrder.LITTLE_ENDIAN).castShape(INT, 0))
        .lanewise(VectorOperators.LSHL, Short.SIZE - HalfWidening.SHIFT)
        .and(HalfWidening.MASK)
        .reinterpretAsFloats()
        .mul(HalfWidening.UNIT)
        .intoMemorySegment(target, to, ByteOrder.LITTLE_ENDIAN);
  }

  private static void floatScale(MemorySegment w, long at, MemorySegment target, long to) {
    FloatVector.fromMemorySegment(FLOAT, w, at, ByteOrder.LITTLE_ENDIAN)
        .intoMemorySegment(target, to, ByteOrder.LITTLE_ENDIAN);
  }

  private static void scaleBytes(
      MemorySegment w, long at, int words, MemorySegment target, long to) {
    FloatVector scale = FloatVector.fromMemorySegment(FLOAT, target, to, ByteOrder.LITTLE_ENDIAN);
    for (int word = 0; word < words; word++) {
      IntVector bytes =
          IntVector.fromMemorySegment(
                  INT, w, at + (long) word * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN)
              .lanewise(VectorOperators.XOR, BIAS);
      long column = to + (long) word * Integer.BYTES * COLUMN_STRIDE;
      ((FloatVector)
              bytes
                  .lanewise(VectorOperators.LSHL, 24)
                  .lanewise(VectorOperators.ASHR, 24)
                  .convert(VectorOperators.I2F, 0))
          .mul(scale)
          .intoMemorySegment(target, column, ByteOrder.LITTLE_ENDIAN);
      ((FloatVector)
              bytes
                  .lanewise(VectorOperators.LSHL, 16)
                  .lanewise(VectorOperators.ASHR, 24)
                  .convert(VectorOperators.I2F, 0))
          .mul(scale)
          .intoMemorySegment(target, column + COLUMN_STRIDE, ByteOrder.LITTLE_ENDIAN);
      ((FloatVector)
              bytes
                  .lanewise(VectorOperators.LSHL, 8)
                  .lanewise(VectorOperators.ASHR, 24)
                  .convert(VectorOperators.I2F, 0))
          .mul(scale)
          .intoMemorySegment(target, column + 2 * COLUMN_STRIDE, ByteOrder.LITTLE_ENDIAN);
      ((FloatVector) bytes.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
          .mul(scale)
          .intoMemorySegment(target, column + 3 * COLUMN_STRIDE, ByteOrder.LITTLE_ENDIAN);
    }
  }
}
