package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * FP8 with a binary32 scale for every 128. A byte's exponent and mantissa in the place of a float's
 * are the number times a power of two, subnormals included; infinities and NaNs come out finite,
 * and are put in.
 */
final class Fp8Rows implements RowDecoder {
  private static final ValueLayout.OfFloat SCALE =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int PARTS = ByteVector.SPECIES_128.length() / FLOATS;
  private static final int BLOCK = 128;
  private static final int BLOCK_BYTES = Float.BYTES + BLOCK;
  private static final int MAGNITUDE = 0x7F;
  private static final int SIGN_SHIFT = 24;
  private static final int SIGN = 0x8000_0000;

  /** From a byte's lowest bit to where a float has it. */
  private final int shift;

  /** What the shifted bits have to be multiplied by. */
  private final float unit;

  /** The least magnitude that is not finite. */
  private final int infinite;

  Fp8Rows(QuantType type) {
    boolean e4m3 = type == QuantType.FP8_E4M3_B128;
    shift = e4m3 ? 20 : 21;
    unit = e4m3 ? 0x1p120f : 0x1p112f;
    infinite = e4m3 ? 0x7F : 0x7C;
  }

  @Override
  public void decode(MemorySegment w, long row, int fromCol, int cols, float[] target, int to) {
    long first = row + (long) (fromCol / BLOCK) * BLOCK_BYTES;
    for (int block = 0; block < cols / BLOCK; block++) {
      long at = first + (long) block * BLOCK_BYTES;
      decode(w, at, shift, unit, infinite, target, to + block * BLOCK);
    }
  }

  private static void decode(
      MemorySegment w, long at, int shift, float unit, int infinite, float[] target, int to) {
    float scale = w.get(SCALE, at);
    for (int c = 0; c < BLOCK; c += PARTS * FLOATS) {
      ByteVector bytes =
          ByteVector.fromMemorySegment(
              ByteVector.SPECIES_128, w, at + Float.BYTES + c, ByteOrder.LITTLE_ENDIAN);
      for (int part = 0; part < PARTS; part++) {
        IntVector bits = (IntVector) bytes.castShape(INT, part);
        IntVector magnitude = bits.and(MAGNITUDE);
        IntVector sign = bits.lanewise(VectorOperators.LSHL, SIGN_SHIFT).and(SIGN);
        IntVector number = magnitude.lanewise(VectorOperators.LSHL, shift);
        VectorMask<Integer> special = magnitude.compare(VectorOperators.GE, infinite);
        number
            .or(sign)
            .reinterpretAsFloats()
            .mul(unit)
            .blend(
                number.or(sign).or(RowDecoders.FLOAT_INFINITY).reinterpretAsFloats(),
                special.cast(FLOAT))
            .mul(scale)
            .intoArray(target, to + c + part * FLOATS);
      }
    }
  }
}
