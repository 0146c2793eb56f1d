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

/** F16 in GGUF order, rows of more than {@link #SHORT_COLS} columns. */
final class F16LongRowsKernel extends F16Rows {
  /** With 16 registers, as without AVX-512, twelve sums leave no room for the masks. */
  static final int SHORT_COLS = FLOATS == 16 ? PairedRows.SHORT_COLS : 2 * PairedRows.SHORT_COLS;

  private static final int STEP_COLS = 2 * FLOATS;

  F16LongRowsKernel(int cols, int workers) {
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
    IntVector carries = IntVector.zero(INT);
    for (int step = 0; step < steps; step++) {
      long at = NativeAddress.within(first + step * stride);
      FloatVector even = FloatVector.fromArray(FLOAT, x, step * STEP_COLS);
      FloatVector odd = FloatVector.fromArray(FLOAT, x, step * STEP_COLS + FLOATS);
      IntVector a = IntVector.fromMemorySegment(INT, SPACE, at, ByteOrder.LITTLE_ENDIAN);
      sumA =
          a.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even, sumA);
      sumA =
          a.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd, sumA);
      carries = a.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY).or(carries);
      IntVector b = IntVector.fromMemorySegment(INT, SPACE, at + toB, ByteOrder.LITTLE_ENDIAN);
      sumB =
          b.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even, sumB);
      sumB =
          b.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd, sumB);
      carries = b.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY).or(carries);
      IntVector c = IntVector.fromMemorySegment(INT, SPACE, at + toC, ByteOrder.LITTLE_ENDIAN);
      sumC =
          c.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even, sumC);
      sumC =
          c.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd, sumC);
      carries = c.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY).or(carries);
      IntVector d = IntVector.fromMemorySegment(INT, SPACE, at + toD, ByteOrder.LITTLE_ENDIAN);
      sumD =
          d.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even, sumD);
      sumD =
          d.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd, sumD);
      carries = d.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY).or(carries);
      IntVector e = IntVector.fromMemorySegment(INT, SPACE, at + toE, ByteOrder.LITTLE_ENDIAN);
      sumE =
          e.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even, sumE);
      sumE =
          e.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd, sumE);
      carries = e.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY).or(carries);
      IntVector f = IntVector.fromMemorySegment(INT, SPACE, at + toF, ByteOrder.LITTLE_ENDIAN);
      sumF =
          f.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even, sumF);
      sumF =
          f.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd, sumF);
      carries = f.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY).or(carries);
      IntVector g = IntVector.fromMemorySegment(INT, SPACE, at + toG, ByteOrder.LITTLE_ENDIAN);
      sumG =
          g.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even, sumG);
      sumG =
          g.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd, sumG);
      carries = g.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY).or(carries);
      IntVector h = IntVector.fromMemorySegment(INT, SPACE, at + toH, ByteOrder.LITTLE_ENDIAN);
      sumH =
          h.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even, sumH);
      sumH =
          h.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd, sumH);
      carries = h.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY).or(carries);
      IntVector i = IntVector.fromMemorySegment(INT, SPACE, at + toI, ByteOrder.LITTLE_ENDIAN);
      sumI =
          i.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even, sumI);
      sumI =
          i.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd, sumI);
      carries = i.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY).or(carries);
      IntVector j = IntVector.fromMemorySegment(INT, SPACE, at + toJ, ByteOrder.LITTLE_ENDIAN);
      sumJ =
          j.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even, sumJ);
      sumJ =
          j.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd, sumJ);
      carries = j.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY).or(carries);
      IntVector k = IntVector.fromMemorySegment(INT, SPACE, at + toK, ByteOrder.LITTLE_ENDIAN);
      sumK =
          k.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even, sumK);
      sumK =
          k.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd, sumK);
      carries = k.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY).or(carries);
      IntVector l = IntVector.fromMemorySegment(INT, SPACE, at + toL, ByteOrder.LITTLE_ENDIAN);
      sumL =
          l.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(even, sumL);
      sumL =
          l.lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
              .and(HalfWidening.MASK)
              .reinterpretAsFloats()
              .fma(odd, sumL);
      carries = l.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY).or(carries);
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
    return (carries.reduceLanes(VectorOperators.OR) & HalfWidening.SIGNS) == 0;
  }
}
