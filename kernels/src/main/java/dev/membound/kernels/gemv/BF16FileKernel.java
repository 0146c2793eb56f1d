package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import dev.membound.kernels.memory.NativeAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** BF16 in GGUF order: an int lane holds two weights, widened by a shift and by a mask. */
final class BF16FileKernel extends FarRows {
  private static final ValueLayout.OfShort WEIGHT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int UPPER = 0xFFFF_0000;

  /** Four vectors of each row a step: see {@link F32FileKernel}. */
  private static final int STEP_COLS = 8 * FLOATS;

  private static final int VECTOR_BYTES = FLOATS * Integer.BYTES;

  private final int cols;
  private final int steps;
  private final float[] pairs;
  private float[] x;

  BF16FileKernel(int cols, int workers) {
    super(2, (long) cols * Short.BYTES, workers);
    this.cols = cols;
    this.steps = cols / STEP_COLS;
    this.pairs = new float[cols];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.FLOAT;
  }

  @Override
  public void prepare(float[] x) {
    this.x = x;
    PairedActivations.reorder(x, 1, pairs);
  }

  @Override
  int stepCols() {
    return steps * STEP_COLS;
  }

  @Override
  boolean multiplySteps(long first, long distance, float[] lanes) {
    dot(first, first + distance, 4 * VECTOR_BYTES, steps, pairs, lanes);
    return true;
  }

  @Override
  float addTail(MemorySegment w, long row, int fromCol, float sum) {
    return addTail(w, row, fromCol, cols, x, sum);
  }

  /** Adds the products of columns {@code fromCol} to {@code cols − 1}. */
  static float addTail(MemorySegment w, long row, int fromCol, int cols, float[] x, float sum) {
    float total = sum;
    for (int c = fromCol; c < cols; c++) {
      long at = row + (long) c * Short.BYTES;
      total = Math.fma(Float.intBitsToFloat(w.get(WEIGHT, at) << 16), x[c], total);
    }
    return total;
  }

  private static void dot(long a, long b, long stride, int steps, float[] x, float[] lanes) {
    FloatVector evenA = FloatVector.zero(FLOAT);
    FloatVector oddA = FloatVector.zero(FLOAT);
    FloatVector evenB = FloatVector.zero(FLOAT);
    FloatVector oddB = FloatVector.zero(FLOAT);
    for (int i = 0; i < steps; i++) {
      long atA = NativeAddress.within(a + i * stride);
      long atB = NativeAddress.within(b + i * stride);
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
  }
}
