package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.INT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * FP8, four columns an int lane, after the block's scale: widened as in {@link Fp8PackedKernel},
 * and brought to its exponent before it is scaled, as the codec does.
 */
final class Fp8Tiles implements TileDecoder {
  private static final int BLOCK = 128;
  private static final int WORDS = BLOCK / Integer.BYTES;

  private final int shift;
  private final int mask;
  private final float unit;

  private Fp8Tiles(int shift, int mask, float unit) {
    this.shift = shift;
    this.mask = mask;
    this.unit = unit;
  }

  static Fp8Tiles e4m3() {
    return new Fp8Tiles(4, 0x87F0_0000, 0x1p120f);
  }

  static Fp8Tiles e5m2() {
    return new Fp8Tiles(3, 0x8FE0_0000, 0x1p112f);
  }

  @Override
  public int rowVectors() {
    return 1;
  }

  @Override
  public int unitColumns() {
    return BLOCK;
  }

  @Override
  public void decode(
      MemorySegment w, long at, long stride, int units, MemorySegment target, long to) {
    for (int i = 0; i < units; i++) {
      widen(w, at + i * stride, shift, mask, unit, target, to + (long) i * BLOCK * COLUMN_STRIDE);
    }
  }

  private static void widen(
      MemorySegment w, long at, int shift, int mask, float unit, MemorySegment target, long to) {
    FloatVector scale = FloatVector.fromMemorySegment(FLOAT, w, at, ByteOrder.LITTLE_ENDIAN);
    for (int word = 0; word < WORDS; word++) {
      IntVector bytes =
          IntVector.fromMemorySegment(
              INT, w, at + (word + 1L) * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      long column = to + (long) word * Integer.BYTES * COLUMN_STRIDE;
      bytes
          .lanewise(VectorOperators.LSHL, 24)
          .lanewise(VectorOperators.ASHR, shift)
          .and(mask)
          .reinterpretAsFloats()
          .mul(unit)
          .mul(scale)
          .intoMemorySegment(target, column, ByteOrder.LITTLE_ENDIAN);
      bytes
          .lanewise(VectorOperators.LSHL, 16)
          .lanewise(VectorOperators.ASHR, shift)
          .and(mask)
          .reinterpretAsFloats()
          .mul(unit)
          .mul(scale)
          .intoMemorySegment(target, column + COLUMN_STRIDE, ByteOrder.LITTLE_ENDIAN);
      bytes
          .lanewise(VectorOperators.LSHL, 8)
          .lanewise(VectorOperators.ASHR, shift)
          .and(mask)
          .reinterpretAsFloats()
          .mul(unit)
          .mul(scale)
          .intoMemorySegment(target, column + 2 * COLUMN_STRIDE, ByteOrder.LITTLE_ENDIAN);
      bytes
          .lanewise(VectorOperators.ASHR, shift)
          .and(mask)
          .reinterpretAsFloats()
          .mul(unit)
          .mul(scale)
          .intoMemorySegment(target, column + 3 * COLUMN_STRIDE, ByteOrder.LITTLE_ENDIAN);
    }
  }
}
