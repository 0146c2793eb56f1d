package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** BF16 in GGUF order, rows of more than {@value #SHORT_COLS} columns. */
final class BF16LongRowsKernel extends FarQuads {
  /** Up to here, the activations and two rows (8 bytes a column) fit a cache of 48 KiB. */
  static final int SHORT_COLS = 6144;

  private static final int UPPER = 0xFFFF_0000;

  /** Two vectors a step: left to unroll a shorter loop, the compiler shuffles its loads. */
  private static final int STEP_COLS = 4 * FLOATS;

  private static final int VECTOR_BYTES = FLOATS * Integer.BYTES;

  private final int cols;
  private final int steps;
  private final float[] pairs;
  private float[] x;

  BF16LongRowsKernel(int cols, int workers) {
    super((long) cols * Short.BYTES, workers);
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
  void multiplySteps(MemorySegment w, long a, long b, long c, long d, float[] lanes) {
    dot(w, a, b, c, d, 2 * VECTOR_BYTES, steps, pairs, lanes);
  }

  @Override
  float addTail(MemorySegment w, long row, float sum) {
    return BF16FileKernel.addTail(w, row, steps * STEP_COLS, cols, x, sum);
  }

  private static void dot(
      MemorySegment w,
      long a,
      long b,
      long c,
      long d,
      long stride,
      int steps,
      float[] x,
      float[] lanes) {
    FloatVector evenA = FloatVector.zero(FLOAT);
    FloatVector oddA = FloatVector.zero(FLOAT);
    FloatVector evenB = FloatVector.zero(FLOAT);
    FloatVector oddB = FloatVector.zero(FLOAT);
    FloatVector evenC = FloatVector.zero(FLOAT);
    FloatVector oddC = FloatVector.zero(FLOAT);
    FloatVector evenD = FloatVector.zero(FLOAT);
    FloatVector oddD = FloatVector.zero(FLOAT);
    for (int i = 0; i < steps; i++) {
      long at = i * stride;
      FloatVector even0 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS);
      FloatVector odd0 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + FLOATS);
      IntVector wa0 = IntVector.fromMemorySegment(INT, w, a + at, ByteOrder.LITTLE_ENDIAN);
      evenA = wa0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even0, evenA);
      oddA = wa0.and(UPPER).reinterpretAsFloats().fma(odd0, oddA);
      IntVector wb0 = IntVector.fromMemorySegment(INT, w, b + at, ByteOrder.LITTLE_ENDIAN);
      evenB = wb0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even0, evenB);
      oddB = wb0.and(UPPER).reinterpretAsFloats().fma(odd0, oddB);
      IntVector wc0 = IntVector.fromMemorySegment(INT, w, c + at, ByteOrder.LITTLE_ENDIAN);
      evenC = wc0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even0, evenC);
      oddC = wc0.and(UPPER).reinterpretAsFloats().fma(odd0, oddC);
      IntVector wd0 = IntVector.fromMemorySegment(INT, w, d + at, ByteOrder.LITTLE_ENDIAN);
      evenD = wd0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even0, evenD);
      oddD = wd0.and(UPPER).reinterpretAsFloats().fma(odd0, oddD);
      FloatVector even1 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + 2 * FLOATS);
      FloatVector odd1 = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + 3 * FLOATS);
      IntVector wa1 =
          IntVector.fromMemorySegment(INT, w, a + at + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      evenA = wa1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even1, evenA);
      oddA = wa1.and(UPPER).reinterpretAsFloats().fma(odd1, oddA);
      IntVector wb1 =
          IntVector.fromMemorySegment(INT, w, b + at + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      evenB = wb1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even1, evenB);
      oddB = wb1.and(UPPER).reinterpretAsFloats().fma(odd1, oddB);
      IntVector wc1 =
          IntVector.fromMemorySegment(INT, w, c + at + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      evenC = wc1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even1, evenC);
      oddC = wc1.and(UPPER).reinterpretAsFloats().fma(odd1, oddC);
      IntVector wd1 =
          IntVector.fromMemorySegment(INT, w, d + at + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
      evenD = wd1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even1, evenD);
      oddD = wd1.and(UPPER).reinterpretAsFloats().fma(odd1, oddD);
    }
    evenA.add(oddA).intoArray(lanes, LANES);
    evenB.add(oddB).intoArray(lanes, LANES + FLOATS);
    evenC.add(oddC).intoArray(lanes, LANES + 2 * FLOATS);
    evenD.add(oddD).intoArray(lanes, LANES + 3 * FLOATS);
  }
}
