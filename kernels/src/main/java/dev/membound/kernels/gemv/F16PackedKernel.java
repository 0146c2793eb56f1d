package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.INT;

import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** F16, lane = row: an int lane holds two columns, widened as {@link HalfWidening} says. */
final class F16PackedKernel extends PackedKernel {
  private final int cols;
  private final float[] padded;
  private float resultScale;

  F16PackedKernel(int rows, int cols) {
    super(QuantType.F16, rows, cols);
    this.cols = cols;
    this.padded = new float[layout.paddedCols()];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.FLOAT;
  }

  @Override
  public void prepare(float[] x) {
    float largest = VectorMath.largestMagnitude(x, 0, cols);
    float factor = HalfWidening.factorScale(largest);
    for (int c = 0; c < cols; c++) {
      padded[c] = x[c] * factor;
    }
    resultScale = HalfWidening.resultScale(largest);
  }

  @Override
  float resultScale() {
    return resultScale;
  }

  @Override
  void multiplyTiles(long a, long b, int firstUnit, int units, float[] sums, int rowA, int rowB) {
    addProducts(a, b, layout.tileUnitBytes(), padded, 2 * firstUnit, units, sums, rowA, rowB);
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
    FloatVector evenA = FloatVector.fromArray(FLOAT, sums, rowA);
    FloatVector evenB = FloatVector.fromArray(FLOAT, sums, rowB);
    FloatVector oddA = FloatVector.zero(FLOAT);
    FloatVector oddB = FloatVector.zero(FLOAT);
    for (int i = 0; i < units; i++) {
      IntVector wa =
          IntVector.fromMemorySegment(INT, SPACE, a + i * stride, ByteOrder.LITTLE_ENDIAN);
      IntVector wb =
          IntVector.fromMemorySegment(INT, SPACE, b + i * stride, ByteOrder.LITTLE_ENDIAN);
      FloatVector even = FloatVector.broadcast(FLOAT, x[from + 2 * i]);
      FloatVector odd = FloatVector.broadcast(FLOAT, x[from + 2 * i + 1]);
      evenA =
          wa.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even, evenA);
      evenB =
          wb.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even, evenB);
      oddA =
          wa.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd, oddA);
      oddB =
          wb.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd, oddB);
    }
    evenA.add(oddA).intoArray(sums, rowA);
    evenB.add(oddB).intoArray(sums, rowB);
  }
}
