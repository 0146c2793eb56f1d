package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import dev.membound.kernels.memory.NativeAddress;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** BF16 in GGUF order. */
final class BF16FileKernel extends BF16Rows {
  /** Four vectors of each row a step: see {@link F32FileKernel}. */
  private static final int STEP_COLS = 8 * FLOATS;

  private static final int VECTOR_BYTES = FLOATS * Integer.BYTES;

  BF16FileKernel(int cols, int workers) {
    super(2, cols, STEP_COLS, workers);
  }

  @Override
  boolean dot(long first, long distance, long stride, int steps, float[] x, float[] lanes) {
    long toB = NativeAddress.distance(distance);
    FloatVector evenA = FloatVector.zero(FLOAT);
    FloatVector oddA = FloatVector.zero(FLOAT);
    FloatVector evenB = FloatVector.zero(FLOAT);
    FloatVector oddB = FloatVector.zero(FLOAT);
    for (int i = 0; i < steps; i++) {
      long atA = NativeAddress.within(first + i * stride);
      long atB = atA + toB;
      IntVector a0 = IntVector.fromMemorySegment(INT, SPACE, atA, ByteOrder.LITTLE_ENDIAN);
      IntVector b0 = IntVector.fromMemorySegment(INT, SPACE, atB, ByteOrder.LITTLE_ENDIAN);
      FloatVector even0 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS);
      FloatVector odd0 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + FLOATS);
      evenA = a0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even0, evenA);
      oddA = a0.and(UPPER).reinterpretAsFloats().fma(odd0, oddA);
      evenB = b0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even0, evenB);
      oddB = b0.and(UPPER).reinterpretAsFloats().fma(odd0, oddB);
      IntVector a1 =
          IntVector.fromMemorySegment(INT, SPACE, atA + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      IntVector b1 =
          IntVector.fromMemorySegment(INT, SPACE, atB + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      FloatVector even1 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + 2 * FLOATS);
      FloatVector odd1 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + 3 * FLOATS);
      evenA = a1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even1, evenA);
      oddA = a1.and(UPPER).reinterpretAsFloats().fma(odd1, oddA);
      evenB = b1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even1, evenB);
      oddB = b1.and(UPPER).reinterpretAsFloats().fma(odd1, oddB);
      IntVector a2 =
          IntVector.fromMemorySegment(INT, SPACE, atA + 2 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      IntVector b2 =
          IntVector.fromMemorySegment(INT, SPACE, atB + 2 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      FloatVector even2 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + 4 * FLOATS);
      FloatVector odd2 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + 5 * FLOATS);
      evenA = a2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even2, evenA);
      oddA = a2.and(UPPER).reinterpretAsFloats().fma(odd2, oddA);
      evenB = b2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even2, evenB);
      oddB = b2.and(UPPER).reinterpretAsFloats().fma(odd2, oddB);
      IntVector a3 =
          IntVector.fromMemorySegment(INT, SPACE, atA + 3 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      IntVector b3 =
          IntVector.fromMemorySegment(INT, SPACE, atB + 3 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      FloatVector even3 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + 6 * FLOATS);
      FloatVector odd3 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + 7 * FLOATS);
      evenA = a3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even3, evenA);
      oddA = a3.and(UPPER).reinterpretAsFloats().fma(odd3, oddA);
      evenB = b3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even3, evenB);
      oddB = b3.and(UPPER).reinterpretAsFloats().fma(odd3, oddB);
    }
    evenA.add(oddA).intoArray(lanes, LANES);
    evenB.add(oddB).intoArray(lanes, LANES + FLOATS);
    return true;
  }
}
