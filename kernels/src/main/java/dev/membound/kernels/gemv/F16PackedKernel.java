package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.INT;

import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
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
  void multiplyTiles(
      MemorySegment w, long a, long b, int firstUnit, int units, float[] sums, int rowA, int rowB) {
    addProducts(w, a, b, layout.tileUnitBytes(), padded, 2 * firstUnit, units, sums, rowA, rowB);
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
    FloatVector evenA0 = FloatVector.fromArray(FLOAT, sums, rowA);
    FloatVector evenB0 = FloatVector.fromArray(FLOAT, sums, rowB);
    FloatVector oddA0 = FloatVector.zero(FLOAT);
    FloatVector oddB0 = FloatVector.zero(FLOAT);
    FloatVector evenA1 = FloatVector.zero(FLOAT);
    FloatVector evenB1 = FloatVector.zero(FLOAT);
    FloatVector oddA1 = FloatVector.zero(FLOAT);
    FloatVector oddB1 = FloatVector.zero(FLOAT);
    int pairs = units / 2;
    for (int i = 0; i < pairs; i++) {
      long atA = a + 2 * i * stride;
      long atB = b + 2 * i * stride;
      IntVector wa0 = IntVector.fromMemorySegment(INT, w, atA, ByteOrder.LITTLE_ENDIAN);
      IntVector wb0 = IntVector.fromMemorySegment(INT, w, atB, ByteOrder.LITTLE_ENDIAN);
      FloatVector even0 = FloatVector.broadcast(FLOAT, x[from + 4 * i]);
      FloatVector odd0 = FloatVector.broadcast(FLOAT, x[from + 4 * i + 1]);
      evenA0 =
          wa0.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even0, evenA0);
      evenB0 =
          wb0.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even0, evenB0);
      oddA0 =
          wa0.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd0, oddA0);
      oddB0 =
          wb0.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd0, oddB0);
      IntVector wa1 = IntVector.fromMemorySegment(INT, w, atA + stride, ByteOrder.LITTLE_ENDIAN);
      IntVector wb1 = IntVector.fromMemorySegment(INT, w, atB + stride, ByteOrder.LITTLE_ENDIAN);
      FloatVector even1 = FloatVector.broadcast(FLOAT, x[from + 4 * i + 2]);
      FloatVector odd1 = FloatVector.broadcast(FLOAT, x[from + 4 * i + 3]);
      evenA1 =
          wa1.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even1, evenA1);
      evenB1 =
          wb1.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even1, evenB1);
      oddA1 =
          wa1.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd1, oddA1);
      oddB1 =
          wb1.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd1, oddB1);
    }
    if (units % 2 != 0) {
      int last = units - 1;
      IntVector wa0 =
          IntVector.fromMemorySegment(INT, w, a + last * stride, ByteOrder.LITTLE_ENDIAN);
      IntVector wb0 =
          IntVector.fromMemorySegment(INT, w, b + last * stride, ByteOrder.LITTLE_ENDIAN);
      FloatVector even0 = FloatVector.broadcast(FLOAT, x[from + 2 * last]);
      FloatVector odd0 = FloatVector.broadcast(FLOAT, x[from + 2 * last + 1]);
      evenA0 =
          wa0.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even0, evenA0);
      evenB0 =
          wb0.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even0, evenB0);
      oddA0 =
          wa0.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd0, oddA0);
      oddB0 =
          wb0.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd0, oddB0);
    }
    evenA0.add(oddA0).add(evenA1.add(oddA1)).intoArray(sums, rowA);
    evenB0.add(oddB0).add(evenB1.add(oddB1)).intoArray(sums, rowB);
  }
}
