package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.INT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** F16 and BF16: two columns an int lane, the first one in the lower half. */
final class HalfTiles implements TileDecoder {
  private final int shift;
  private final int mask;
  private final float unit;

  private HalfTiles(int shift, int mask, float unit) {
    this.shift = shift;
    this.mask = mask;
    this.unit = unit;
  }

  static HalfTiles f16() {
    return new HalfTiles(HalfWidening.SHIFT, HalfWidening.MASK, HalfWidening.UNIT);
  }

  /** The upper half of a float: nothing to shift, nothing missing. */
  static HalfTiles bf16() {
    return new HalfTiles(0, 0xFFFF_0000, 1);
  }

  @Override
  public int rowVectors() {
    return 1;
  }

  @Override
  public int unitColumns() {
    return 2;
  }

  @Override
  public void decode(MemorySegment w, long at, long stride, int units, MemorySegment target, long to) {
    widen(w, at, stride, units, shift, mask, unit, target, to);
  }

  private static void widen(
      MemorySegment w,
      long at,
      long stride,
      int units,
      int shift,
      int mask,
      float unit,
      MemorySegment target,
      long to) {
    for (int i = 0; i < units; i++) {
      IntVector pair =
          IntVector.fromMemorySegment(INT, w, at + i * stride, ByteOrder.LITTLE_ENDIAN);
      long column = to + 2L * i * COLUMN_STRIDE;
      pair.lanewise(VectorOperators.LSHL, 16)
          .lanewise(VectorOperators.ASHR, shift)
          .and(mask)
          .reinterpretAsFloats()
          .mul(unit)
          .intoMemorySegment(target, column, ByteOrder.LITTLE_ENDIAN);
      pair.lanewise(VectorOperators.ASHR, shift)
          .and(mask)
          .reinterpretAsFloats()
          .mul(unit)
          .intoMemorySegment(target, column + COLUMN_STRIDE, ByteOrder.LITTLE_ENDIAN);
    }
  }
}
