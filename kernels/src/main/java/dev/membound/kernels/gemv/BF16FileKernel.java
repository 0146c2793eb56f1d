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

/** BF16 in GGUF order: an int lane holds two weights, widened by a shift and by a mask. */
final class BF16FileKernel extends FarRows {
  private static final ValueLayout.OfShort WEIGHT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int UPPER = 0xFFFF_0000;

  private final int cols;
  private final int steps;
  private final float[] pairs;

  BF16FileKernel(int cols) {
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
    PairedActivations.reorder(x, 1, pairs);
  }

  @Override
  void multiplyPair(MemorySegment w, long a, long b, float[] y, int rowA, int rowB) {
    dotPair(w, a, b, (long) FLOATS * Integer.BYTES, steps, pairs, y, rowA, rowB);
    for (int c = steps * 2 * FLOATS; c < cols; c++) {
      y[rowA] = Math.fma(weight(w, a, c), pairs[c], y[rowA]);
      if (rowB != rowA) {
        y[rowB] = Math.fma(weight(w, b, c), pairs[c], y[rowB]);
      }
    }
  }

  private static float weight(MemorySegment w, long row, int c) {
    return Float.intBitsToFloat(w.get(WEIGHT, row + (long) c * Short.BYTES) << 16);
  }

  private static void dotPair(
      MemorySegment w,
      long a,
      long b,
      long stride,
      int steps,
      float[] x,
      float[] y,
      int rowA,
      int rowB) {
    FloatVector evenA = FloatVector.zero(FLOAT);
    FloatVector oddA = FloatVector.zero(FLOAT);
    FloatVector evenB = FloatVector.zero(FLOAT);
    FloatVector oddB = FloatVector.zero(FLOAT);
    for (int i = 0; i < steps; i++) {
      IntVector wa = IntVector.fromMemorySegment(INT, w, a + i * stride, ByteOrder.LITTLE_ENDIAN);
      IntVector wb = IntVector.fromMemorySegment(INT, w, b + i * stride, ByteOrder.LITTLE_ENDIAN);
      FloatVector even = FloatVector.fromArray(FLOAT, x, i * 2 * FLOATS);
      FloatVector odd = FloatVector.fromArray(FLOAT, x, i * 2 * FLOATS + FLOATS);
      evenA = wa.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, evenA);
      evenB = wb.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, evenB);
      oddA = wa.and(UPPER).reinterpretAsFloats().fma(odd, oddA);
      oddB = wb.and(UPPER).reinterpretAsFloats().fma(odd, oddB);
    }
    y[rowA] = VectorMath.sumLanes(evenA.add(oddA));
    y[rowB] = VectorMath.sumLanes(evenB.add(oddB));
  }
}
