package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * F16 in GGUF order: an int lane holds two weights, widened as {@link HalfWidening} says. A row
 * with an infinite or NaN weight is found by its exponents and computed again by the scalar loop.
 */
final class F16FileKernel extends FarRows {
  private static final ValueLayout.OfShort WEIGHT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int cols;
  private final int steps;
  private final float[] pairs;
  private float[] x;
  private float resultScale;

  F16FileKernel(int cols) {
    super((long) cols * Short.BYTES);
    this.cols = cols;
    this.steps = cols / (2 * FLOATS);
    this.pairs = new float[cols];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.FLOAT;
  }

  @Override
  public void prepare(float[] x) {
    this.x = x;
    float largest = VectorMath.largestMagnitude(x, 0, cols);
    PairedActivations.reorder(x, HalfWidening.factorScale(largest), pairs);
    resultScale = HalfWidening.resultScale(largest);
  }

  @Override
  void multiplyPair(MemorySegment w, long a, long b, float[] y, int rowA, int rowB) {
    long stride = (long) FLOATS * Integer.BYTES;
    boolean finite = dotPair(w, a, b, stride, steps, pairs, resultScale, y, rowA, rowB);
    int done = steps * 2 * FLOATS;
    if (!finite) {
      y[rowA] = 0;
      y[rowB] = 0;
      done = 0;
    }
    y[rowA] = addScalar(w, a, done, y[rowA]);
    if (rowB != rowA) {
      y[rowB] = addScalar(w, b, done, y[rowB]);
    }
  }

  private float addScalar(MemorySegment w, long row, int from, float sum) {
    for (int c = from; c < cols; c++) {
      sum = Math.fma(Float.float16ToFloat(w.get(WEIGHT, row + (long) c * Short.BYTES)), x[c], sum);
    }
    return sum;
  }

  private static boolean dotPair(
      MemorySegment w,
      long a,
      long b,
      long stride,
      int steps,
      float[] x,
      float scale,
      float[] y,
      int rowA,
      int rowB) {
    FloatVector evenA = FloatVector.zero(FLOAT);
    FloatVector oddA = FloatVector.zero(FLOAT);
    FloatVector evenB = FloatVector.zero(FLOAT);
    FloatVector oddB = FloatVector.zero(FLOAT);
    IntVector carries = IntVector.zero(INT);
    for (int i = 0; i < steps; i++) {
      IntVector wa = IntVector.fromMemorySegment(INT, w, a + i * stride, ByteOrder.LITTLE_ENDIAN);
      IntVector wb = IntVector.fromMemorySegment(INT, w, b + i * stride, ByteOrder.LITTLE_ENDIAN);
      FloatVector even = FloatVector.fromArray(FLOAT, x, i * 2 * FLOATS);
      FloatVector odd = FloatVector.fromArray(FLOAT, x, i * 2 * FLOATS + FLOATS);
      carries =
          carries
              .or(wa.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY))
              .or(wb.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY));
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
    y[rowA] = VectorMath.sumLanes(evenA.add(oddA)) * scale;
    y[rowB] = VectorMath.sumLanes(evenB.add(oddB)) * scale;
    return (carries.reduceLanes(VectorOperators.OR) & HalfWidening.SIGNS) == 0;
  }
}
