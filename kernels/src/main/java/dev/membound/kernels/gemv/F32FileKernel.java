package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** F32 in GGUF order, an accumulator a row: more of them along one row would scramble its loads. */
final class F32FileKernel extends FarRows {
  private static final ValueLayout.OfFloat WEIGHT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int VECTOR_BYTES = FLOATS * Float.BYTES;

  private final int cols;
  private float[] x;

  F32FileKernel(int cols, int workers) {
    super((long) cols * Float.BYTES, workers);
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
    return cols / FLOATS * FLOATS;
  }

  @Override
  boolean multiplySteps(long a, long b, float[] lanes) {
    dot(a, b, VECTOR_BYTES, cols / FLOATS, x, lanes);
    return true;
  }

  @Override
  float addTail(MemorySegment w, long row, int fromCol, float sum) {
    float total = sum;
    for (int c = fromCol; c < cols; c++) {
      total = Math.fma(w.get(WEIGHT, row + (long) c * Float.BYTES), x[c], total);
    }
    return total;
  }

  private static void dot(long a, long b, long stride, int steps, float[] x, float[] lanes) {
    FloatVector sumA = FloatVector.zero(FLOAT);
    FloatVector sumB = FloatVector.zero(FLOAT);
    for (int i = 0; i < steps; i++) {
      FloatVector activations = FloatVector.fromArray(FLOAT, x, i * FLOATS);
      sumA =
          FloatVector.fromMemorySegment(FLOAT, SPACE, a + i * stride, ByteOrder.LITTLE_ENDIAN)
              .fma(activations, sumA);
      sumB =
          FloatVector.fromMemorySegment(FLOAT, SPACE, b + i * stride, ByteOrder.LITTLE_ENDIAN)
              .fma(activations, sumB);
    }
    sumA.intoArray(lanes, LANES_A);
    sumB.intoArray(lanes, LANES_B);
  }
}
