package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.memory.NativeAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * F32 in GGUF order, an accumulator a row: more of them along one row would scramble its loads. The
 * weights are the second factor: so a fused multiply-add reads them itself, in the source's order.
 */
final class F32FileKernel extends FarRows {
  private static final ValueLayout.OfFloat WEIGHT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int VECTOR_BYTES = FLOATS * Float.BYTES;

  /**
   * Four vectors of each row share an address and its checks. Left to unroll a loop of one vector,
   * the compiler checks every address.
   */
  private static final int STEP_COLS = 4 * FLOATS;

  private final int cols;
  private float[] x;

  F32FileKernel(int cols, int workers) {
    super(3, (long) cols * Float.BYTES, workers);
    this.cols = cols;
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.FLOAT;
  }

  @Override
  public void prepare(float[] x) {
    this.x = x;
  }

  @Override
  int stepCols() {
    return cols / STEP_COLS * STEP_COLS;
  }

  @Override
  boolean multiplySteps(long first, long distance, float[] lanes) {
    dot(first, distance, 4 * VECTOR_BYTES, cols / STEP_COLS, x, lanes);
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
      total = Math.fma(w.get(WEIGHT, row + (long) c * Float.BYTES), x[c], total);
    }
    return total;
  }

  private static void dot(
      long first, long distance, long stride, int steps, float[] x, float[] lanes) {
    long toB = NativeAddress.distance(distance);
    long toC = NativeAddress.distance(2 * distance);
    FloatVector sumA = FloatVector.zero(FLOAT);
    FloatVector sumB = FloatVector.zero(FLOAT);
    FloatVector sumC = FloatVector.zero(FLOAT);
    for (int i = 0; i < steps; i++) {
      long atA = NativeAddress.within(first + i * stride);
      long atB = atA + toB;
      long atC = atA + toC;
      FloatVector x0 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS);
      sumA =
          x0.fma(FloatVector.fromMemorySegment(FLOAT, SPACE, atA, ByteOrder.LITTLE_ENDIAN), sumA);
      sumB =
          x0.fma(FloatVector.fromMemorySegment(FLOAT, SPACE, atB, ByteOrder.LITTLE_ENDIAN), sumB);
      sumC =
          x0.fma(FloatVector.fromMemorySegment(FLOAT, SPACE, atC, ByteOrder.LITTLE_ENDIAN), sumC);
      FloatVector x1 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + FLOATS);
      sumA =
          x1.fma(
              FloatVector.fromMemorySegment(
                  FLOAT, SPACE, atA + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN),
              sumA);
      sumB =
          x1.fma(
              FloatVector.fromMemorySegment(
                  FLOAT, SPACE, atB + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN),
              sumB);
      sumC =
          x1.fma(
              FloatVector.fromMemorySegment(
                  FLOAT, SPACE, atC + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN),
              sumC);
      FloatVector x2 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + 2 * FLOATS);
      sumA =
          x2.fma(
              FloatVector.fromMemorySegment(
                  FLOAT, SPACE, atA + 2 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN),
              sumA);
      sumB =
          x2.fma(
              FloatVector.fromMemorySegment(
                  FLOAT, SPACE, atB + 2 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN),
              sumB);
      sumC =
          x2.fma(
              FloatVector.fromMemorySegment(
                  FLOAT, SPACE, atC + 2 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN),
              sumC);
      FloatVector x3 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + 3 * FLOATS);
      sumA =
          x3.fma(
              FloatVector.fromMemorySegment(
                  FLOAT, SPACE, atA + 3 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN),
              sumA);
      sumB =
          x3.fma(
              FloatVector.fromMemorySegment(
                  FLOAT, SPACE, atB + 3 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN),
              sumB);
      sumC =
          x3.fma(
              FloatVector.fromMemorySegment(
                  FLOAT, SPACE, atC + 3 * VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN),
              sumC);
    }
    sumA.intoArray(lanes, LANES);
    sumB.intoArray(lanes, LANES + FLOATS);
    sumC.intoArray(lanes, LANES + 2 * FLOATS);
  }
}
