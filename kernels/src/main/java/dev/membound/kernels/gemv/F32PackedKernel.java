package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;

import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** F32, lane = row. */
final class F32PackedKernel extends PackedKernel {
  private float[] x;

  F32PackedKernel(int rows, int cols) {
    super(QuantType.F32, rows, cols);
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
  void multiplyTiles(long a, long b, int firstUnit, int units, float[] sums, int rowA, int rowB) {
    addProducts(a, b, layout.tileUnitBytes(), x, firstUnit, units, sums, rowA, rowB);
  }

  private static void addProducts(
      long a,
      long b,
      long stride,
      float[] x,
      int from,
      int units,
      float[] sums,
      int rowA,
      int rowB) {
    FloatVector sumA = FloatVector.fromArray(FLOAT, sums, rowA);
    FloatVector sumB = FloatVector.fromArray(FLOAT, sums, rowB);
    for (int i = 0; i < units; i++) {
      FloatVector activation = FloatVector.broadcast(FLOAT, x[from + i]);
      sumA =
          activation.fma(
              FloatVector.fromMemorySegment(FLOAT, SPACE, a + i * stride, ByteOrder.LITTLE_ENDIAN),
              sumA);
      sumB =
          activation.fma(
              FloatVector.fromMemorySegment(FLOAT, SPACE, b + i * stride, ByteOrder.LITTLE_ENDIAN),
              sumB);
    }
    sumA.intoArray(sums, rowA);
    sumB.intoArray(sums, rowB);
  }
}
