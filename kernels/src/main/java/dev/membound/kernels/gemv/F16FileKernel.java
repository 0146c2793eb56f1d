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

/** F16 in GGUF order. */
final class F16FileKernel extends F16Rows {
  /** Two vectors a step: left to unroll a shorter loop, the compiler shuffles its loads. */
  private static final int STEP_COLS = 4 * FLOATS;

  private static final int VECTOR_BYTES = FLOATS * Integer.BYTES;

  F16FileKernel(int cols, int workers) {
    super(2, cols, STEP_COLS, workers);
  }

  @Override
  boolean dot(long first, long distance, long stride, int steps, float[] x, float[] lanes) {
    long toB = NativeAddress.distance(distance);
    FloatVector evenA = FloatVector.zero(FLOAT);
    FloatVector oddA = FloatVector.zero(FLOAT);
    FloatVector evenB = FloatVector.zero(FLOAT);
    FloatVector oddB = FloatVector.zero(FLOAT);
    IntVector carries = IntVector.zero(INT);
    for (int i = 0; i < steps; i++) {
      long atA = NativeAddress.within(first + i * stride);
      long atB = atA + toB;
      IntVector wa0 = IntVector.fromMemorySegment(INT, SPACE, atA, ByteOrder.LITTLE_ENDIAN);
      IntVector wb0 = IntVector.fromMemorySegment(INT, SPACE, atB, ByteOrder.LITTLE_ENDIAN);
      FloatVector even0 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS);
      FloatVector odd0 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + FLOATS);
      carries =
          wa0.and(HalfWidening.EXPONENTS)
              .add(HalfWidening.EXPONENT_CARRY)
              .or(carries)
              .or(wb0.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY));
      evenA =
          wa0.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even0, evenA);
      oddA =
          wa0.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd0, oddA);
      evenB =
          wb0.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even0, evenB);
      oddB =
          wb0.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd0, oddB);
      IntVector wa1 =
          IntVector.fromMemorySegment(INT, SPACE, atA + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      IntVector wb1 =
          IntVector.fromMemorySegment(INT, SPACE, atB + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      FloatVector even1 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + 2 * FLOATS);
      FloatVector odd1 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + 3 * FLOATS);
      carries =
          wa1.and(HalfWidening.EXPONENTS)
              .add(HalfWidening.EXPONENT_CARRY)
              .or(carries)
              .or(wb1.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY));
      evenA =
          wa1.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even1, evenA);
      oddA =
          wa1.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd1, oddA);
      evenB =
          wb1.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even1, evenB);
      oddB =
          wb1.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd1, oddB);
    }
    evenA.add(oddA).intoArray(lanes, LANES);
    evenB.add(oddB).intoArray(lanes, LANES + FLOATS);
    return (carries.reduceLanes(VectorOperators.OR) & HalfWidening.SIGNS) == 0;
  }
}
