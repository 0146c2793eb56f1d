package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.matrix.WeightMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** F32 in GGUF order: one row, one accumulator, which the memory system likes best. */
final class F32FileKernel implements GemvKernel {
  private static final ValueLayout.OfFloat WEIGHT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int cols;
  private final float[][] lanes;
  private float[] x;

  F32FileKernel(int cols, int workers) {
    this.cols = cols;
    this.lanes = new float[workers][FLOATS];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.FLOAT;
  }

  @Override
  public int rowGrain() {
    return 1;
  }

  @Override
  public void prepare(float[] x) {
    this.x = x;
  }

  @Override
  public void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    MemorySegment data = w.data();
    long rowBytes = (long) cols * Float.BYTES;
    int steps = cols / FLOATS;
    for (int row = firstRow; row < endRow; row++) {
      dot(data, row * rowBytes, (long) FLOATS * Float.BYTES, steps, x, lanes[worker]);
      float sum = VectorMath.sumLanes(lanes[worker], 0);
      for (int c = steps * FLOATS; c < cols; c++) {
        sum = Math.fma(data.get(WEIGHT, row * rowBytes + (long) c * Float.BYTES), x[c], sum);
      }
      y[row] = sum;
    }
  }

  private static void dot(
      MemorySegment w, long row, long stride, int steps, float[] x, float[] lanes) {
    FloatVector sum = FloatVector.zero(FLOAT);
    for (int i = 0; i < steps; i++) {
      sum =
          FloatVector.fromMemorySegment(FLOAT, w, row + i * stride, ByteOrder.LITTLE_ENDIAN)
              .fma(FloatVector.fromArray(FLOAT, x, i * FLOATS), sum);
    }
    sum.intoArray(lanes, 0);
  }
}
