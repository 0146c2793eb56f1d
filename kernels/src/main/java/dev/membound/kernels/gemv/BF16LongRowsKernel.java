package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import dev.membound.kernels.memory.NativeAddress;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** BF16 in GGUF order, rows of more than {@value #SHORT_COLS} columns. */
final class BF16LongRowsKernel extends FarRows {
  /** Up to here, the activations and two rows (8 bytes a column) fit a cache of 48 KiB. */
  static final int SHORT_COLS = 6144;

  private static final int UPPER = 0xFFFF_0000;
  private static final int STEP_COLS = 2 * FLOATS;
  private static final int VECTOR_BYTES = FLOATS * Integer.BYTES;

  private final int cols;
  private final int steps;
  private final float[] pairs;
  private float[] x;

  BF16LongRowsKernel(int cols, int workers) {
    super(8, (long) cols * Short.BYTES, workers);
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
  int stepCols() {
    return steps * STEP_COLS;
  }

  @Override
  boolean multiplySteps(long first, long distance, float[] lanes) {
    dot(first, distance, VECTOR_BYTES, steps, pairs, lanes);
    return true;
  }

  @Override
  float addTail(MemorySegment w, long row, int fromCol, float sum) {
    return BF16FileKernel.addTail(w, row, fromCol, cols, x, sum);
  }

  private static void dot(
      long first, long distance, long stride, int steps, float[] x, float[] lanes) {
    FloatVector evenA = FloatVector.zero(FLOAT);
    FloatVector oddA = FloatVector.zero(FLOAT);
    FloatVector evenB = FloatVector.zero(FLOAT);
    FloatVector oddB = FloatVector.zero(FLOAT);
    FloatVector evenC = FloatVector.zero(FLOAT);
    FloatVector oddC = FloatVector.zero(FLOAT);
    FloatVector evenD = FloatVector.zero(FLOAT);
    FloatVector oddD = FloatVector.zero(FLOAT);
    FloatVector evenE = FloatVector.zero(FLOAT);
    FloatVector oddE = FloatVector.zero(FLOAT);
    FloatVector evenF = FloatVector.zero(FLOAT);
    FloatVector oddF = FloatVector.zero(FLOAT);
    FloatVector evenG = FloatVector.zero(FLOAT);
    FloatVector oddG = FloatVector.zero(FLOAT);
    FloatVector evenH = FloatVector.zero(FLOAT);
    FloatVector oddH = FloatVector.zero(FLOAT);
    for (int i = 0; i < steps; i++) {
      long at = first + i * stride;
      FloatVector even = FloatVector.fromArray(FLOAT, x, i * STEP_COLS);
      FloatVector odd = FloatVector.fromArray(FLOAT, x, i * STEP_COLS + FLOATS);
      IntVector a =
          IntVector.fromMemorySegment(
              INT, SPACE, NativeAddress.within(at), ByteOrder.LITTLE_ENDIAN);
      evenA = a.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, evenA);
      oddA = a.and(UPPER).reinterpretAsFloats().fma(odd, oddA);
      IntVector b =
          IntVector.fromMemorySegment(
              INT, SPACE, NativeAddress.within(at + distance), ByteOrder.LITTLE_ENDIAN);
      evenB = b.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, evenB);
      oddB = b.and(UPPER).reinterpretAsFloats().fma(odd, oddB);
      IntVector c =
          IntVector.fromMemorySegment(
              INT, SPACE, NativeAddress.within(at + 2 * distance), ByteOrder.LITTLE_ENDIAN);
      evenC = c.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, evenC);
      oddC = c.and(UPPER).reinterpretAsFloats().fma(odd, oddC);
      IntVector d =
          IntVector.fromMemorySegment(
              INT, SPACE, NativeAddress.within(at + 3 * distance), ByteOrder.LITTLE_ENDIAN);
      evenD = d.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, evenD);
      oddD = d.and(UPPER).reinterpretAsFloats().fma(odd, oddD);
      IntVector e =
          IntVector.fromMemorySegment(
              INT, SPACE, NativeAddress.within(at + 4 * distance), ByteOrder.LITTLE_ENDIAN);
      evenE = e.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, evenE);
      oddE = e.and(UPPER).reinterpretAsFloats().fma(odd, oddE);
      IntVector f =
          IntVector.fromMemorySegment(
              INT, SPACE, NativeAddress.within(at + 5 * distance), ByteOrder.LITTLE_ENDIAN);
      evenF = f.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, evenF);
      oddF = f.and(UPPER).reinterpretAsFloats().fma(odd, oddF);
      IntVector g =
          IntVector.fromMemorySegment(
              INT, SPACE, NativeAddress.within(at + 6 * distance), ByteOrder.LITTLE_ENDIAN);
      evenG = g.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, evenG);
      oddG = g.and(UPPER).reinterpretAsFloats().fma(odd, oddG);
      IntVector h =
          IntVector.fromMemorySegment(
              INT, SPACE, NativeAddress.within(at + 7 * distance), ByteOrder.LITTLE_ENDIAN);
      evenH = h.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, evenH);
      oddH = h.and(UPPER).reinterpretAsFloats().fma(odd, oddH);
    }
    evenA.add(oddA).intoArray(lanes, LANES);
    evenB.add(oddB).intoArray(lanes, LANES + FLOATS);
    evenC.add(oddC).intoArray(lanes, LANES + 2 * FLOATS);
    evenD.add(oddD).intoArray(lanes, LANES + 3 * FLOATS);
    evenE.add(oddE).intoArray(lanes, LANES + 4 * FLOATS);
    evenF.add(oddF).intoArray(lanes, LANES + 5 * FLOATS);
    evenG.add(oddG).intoArray(lanes, LANES + 6 * FLOATS);
    evenH.add(oddH).intoArray(lanes, LANES + 7 * FLOATS);
  }
}
