package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import dev.membound.kernels.memory.NativeAddress;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** BF16 in GGUF order, rows of more than {@value PairedRows#SHORT_COLS} columns. */
final class BF16LongRowsKernel extends BF16Rows {
  private static final int STEP_COLS = 2 * FLOATS;

  BF16LongRowsKernel(int cols, int workers) {
    super(MANY_ROWS, cols, STEP_COLS, workers);
  }

  @Override
  boolean dot(long first, long distance, long stride, int steps, float[] x, float[] lanes) {
    long toB = NativeAddress.distance(distance);
    long toC = NativeAddress.distance(2 * distance);
    long toD = NativeAddress.distance(3 * distance);
    long toE = NativeAddress.distance(4 * distance);
    long toF = NativeAddress.distance(5 * distance);
    long toG = NativeAddress.distance(6 * distance);
    long toH = NativeAddress.distance(7 * distance);
    long toI = NativeAddress.distance(8 * distance);
    long toJ = NativeAddress.distance(9 * distance);
    long toK = NativeAddress.distance(10 * distance);
    long toL = NativeAddress.distance(11 * distance);
    FloatVector sumA = FloatVector.zero(FLOAT);
    FloatVector sumB = FloatVector.zero(FLOAT);
    FloatVector sumC = FloatVector.zero(FLOAT);
    FloatVector sumD = FloatVector.zero(FLOAT);
    FloatVector sumE = FloatVector.zero(FLOAT);
    FloatVector sumF = FloatVector.zero(FLOAT);
    FloatVector sumG = FloatVector.zero(FLOAT);
    FloatVector sumH = FloatVector.zero(FLOAT);
    FloatVector sumI = FloatVector.zero(FLOAT);
    FloatVector sumJ = FloatVector.zero(FLOAT);
    FloatVector sumK = FloatVector.zero(FLOAT);
    FloatVector sumL = FloatVector.zero(FLOAT);
    for (int step = 0; step < steps; step++) {
      long at = NativeAddress.within(first + step * stride);
      FloatVector even = FloatVector.fromArray(FLOAT, x, step * STEP_COLS);
      FloatVector odd = FloatVector.fromArray(FLOAT, x, step * STEP_COLS + FLOATS);
      IntVector a = IntVector.fromMemorySegment(INT, SPACE, at, ByteOrder.LITTLE_ENDIAN);
      sumA = a.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, sumA);
      sumA = a.and(UPPER).reinterpretAsFloats().fma(odd, sumA);
      IntVector b = IntVector.fromMemorySegment(INT, SPACE, at + toB, ByteOrder.LITTLE_ENDIAN);
      sumB = b.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, sumB);
      sumB = b.and(UPPER).reinterpretAsFloats().fma(odd, sumB);
      IntVector c = IntVector.fromMemorySegment(INT, SPACE, at + toC, ByteOrder.LITTLE_ENDIAN);
      sumC = c.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, sumC);
      sumC = c.and(UPPER).reinterpretAsFloats().fma(odd, sumC);
      IntVector d = IntVector.fromMemorySegment(INT, SPACE, at + toD, ByteOrder.LITTLE_ENDIAN);
      sumD = d.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, sumD);
      sumD = d.and(UPPER).reinterpretAsFloats().fma(odd, sumD);
      IntVector e = IntVector.fromMemorySegment(INT, SPACE, at + toE, ByteOrder.LITTLE_ENDIAN);
      sumE = e.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, sumE);
      sumE = e.and(UPPER).reinterpretAsFloats().fma(odd, sumE);
      IntVector f = IntVector.fromMemorySegment(INT, SPACE, at + toF, ByteOrder.LITTLE_ENDIAN);
      sumF = f.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, sumF);
      sumF = f.and(UPPER).reinterpretAsFloats().fma(odd, sumF);
      IntVector g = IntVector.fromMemorySegment(INT, SPACE, at + toG, ByteOrder.LITTLE_ENDIAN);
      sumG = g.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, sumG);
      sumG = g.and(UPPER).reinterpretAsFloats().fma(odd, sumG);
      IntVector h = IntVector.fromMemorySegment(INT, SPACE, at + toH, ByteOrder.LITTLE_ENDIAN);
      sumH = h.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, sumH);
      sumH = h.and(UPPER).reinterpretAsFloats().fma(odd, sumH);
      IntVector i = IntVector.fromMemorySegment(INT, SPACE, at + toI, ByteOrder.LITTLE_ENDIAN);
      sumI = i.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, sumI);
      sumI = i.and(UPPER).reinterpretAsFloats().fma(odd, sumI);
      IntVector j = IntVector.fromMemorySegment(INT, SPACE, at + toJ, ByteOrder.LITTLE_ENDIAN);
      sumJ = j.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, sumJ);
      sumJ = j.and(UPPER).reinterpretAsFloats().fma(odd, sumJ);
      IntVector k = IntVector.fromMemorySegment(INT, SPACE, at + toK, ByteOrder.LITTLE_ENDIAN);
      sumK = k.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, sumK);
      sumK = k.and(UPPER).reinterpretAsFloats().fma(odd, sumK);
      IntVector l = IntVector.fromMemorySegment(INT, SPACE, at + toL, ByteOrder.LITTLE_ENDIAN);
      sumL = l.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, sumL);
      sumL = l.and(UPPER).reinterpretAsFloats().fma(odd, sumL);
    }
    sumA.intoArray(lanes, LANES);
    sumB.intoArray(lanes, LANES + FLOATS);
    sumC.intoArray(lanes, LANES + 2 * FLOATS);
    sumD.intoArray(lanes, LANES + 3 * FLOATS);
    sumE.intoArray(lanes, LANES + 4 * FLOATS);
    sumF.intoArray(lanes, LANES + 5 * FLOATS);
    sumG.intoArray(lanes, LANES + 6 * FLOATS);
    sumH.intoArray(lanes, LANES + 7 * FLOATS);
    sumI.intoArray(lanes, LANES + 8 * FLOATS);
    sumJ.intoArray(lanes, LANES + 9 * FLOATS);
    sumK.intoArray(lanes, LANES + 10 * FLOATS);
    sumL.intoArray(lanes, LANES + 11 * FLOATS);
    return true;
  }
}
