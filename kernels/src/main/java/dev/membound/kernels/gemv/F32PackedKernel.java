package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;

import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * F32, lane = row. Two columns a step, each with sums of its own: one chain of additions a tile
 * would take four cycles a column, too slow to catch up after a wait for memory.
 */
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
  void multiplyTiles(
      MemorySegment w, long a, long b, int firstUnit, int units, float[] sums, int rowA, int rowB) {
    addProducts(w, a, b, layout.tileUnitBytes(), x, firstUnit, units, sums, rowA, rowB);
  }

  private static void addProducts(
      MemorySegment w,
      long a,
      long b,
      long stride,
      float[] x,
      int from,
      int units,
      float[] sums,
      int rowA,
      int rowB) {
    FloatVector evenA = FloatVector.fromArray(FLOAT, sums, rowA);
    FloatVector evenB = FloatVector.fromArray(FLOAT, sums, rowB);
    FloatVector oddA = FloatVector.zero(FLOAT);
    FloatVector oddB = FloatVector.zero(FLOAT);
    int pairs = units / 2;
    for (int i = 0; i < pairs; i++) {
      long atA = a + 2 * i * stride;
      long atB = b + 2 * i * stride;
      FloatVector even = FloatVector.broadcast(FLOAT, x[from + 2 * i]);
      FloatVector odd = FloatVector.broadcast(FLOAT, x[from + 2 * i + 1]);
      evenA =
          FloatVector.fromMemorySegment(FLOAT, w, atA, ByteOrder.LITTLE_ENDIAN).fma(even, evenA);
      evenB =
          FloatVector.fromMemorySegment(FLOAT, w, atB, ByteOrder.LITTLE_ENDIAN).fma(even, evenB);
      oddA =
          FloatVector.fromMemorySegment(FLOAT, w, atA + stride, ByteOrder.LITTLE_ENDIAN)
              .fma(odd, oddA);
      oddB =
          FloatVector.fromMemorySegment(FLOAT, w, atB + stride, ByteOrder.LITTLE_ENDIAN)
              .fma(odd, oddB);
    }
    if (units % 2 != 0) {
      int last = units - 1;
      FloatVector even = FloatVector.broadcast(FLOAT, x[from + last]);
      evenA =
          FloatVector.fromMemorySegment(FLOAT, w, a + last * stride, ByteOrder.LITTLE_ENDIAN)
              .fma(even, evenA);
      evenB =
          FloatVector.fromMemorySegment(FLOAT, w, b + last * stride, ByteOrder.LITTLE_ENDIAN)
              .fma(even, evenB);
    }
    evenA.add(oddA).intoArray(sums, rowA);
    evenB.add(oddB).intoArray(sums, rowB);
  }
}
