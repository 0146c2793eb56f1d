package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.INT;

import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * BF16: two columns an int lane, widened in registers, as {@link BF16PackedKernel} does. Otherwise
 * the loops of {@link TileProducts}.
 */
final class BF16BatchTiles extends BatchTiles {
  private static final int UPPER = 0xFFFF_0000;
  private static final int UNIT_COLUMNS = 2;

  BF16BatchTiles(int rows, int cols, int batch) {
    super(QuantType.BF16, UNIT_COLUMNS, inPlaceChunkColumns(batch), rows, cols, batch);
  }

  @Override
  void multiplyChunk(
      MemorySegment w, long a, long b, int units, int column, int rowA, int rowB, int worker) {
    long stride = layout.tileUnitBytes();
    float[] x = groups.activations();
    for (int first = 0; first < groups.vectors(); first += groups.size(first)) {
      int size = groups.size(first);
      int at = groups.start(first) + column * size;
      int sumA = first * sumStride + rowA;
      int sumB = first * sumStride + rowB;
      switch (size) {
        case 8 -> add8(w, a, b, stride, units, x, at, sums, sumStride, sumA, sumB);
        case 4 -> add4(w, a, b, stride, units, x, at, sums, sumStride, sumA, sumB);
        default -> add2(w, a, b, stride, units, x, at, sums, sumStride, sumA, sumB);
      }
    }
  }

  private static void add2(
      MemorySegment w,
      long a,
      long b,
      long stride,
      int units,
      float[] x,
      int xFrom,
      float[] sums,
      int sumStride,
      int rowA,
      int rowB) {
    FloatVector a0 = FloatVector.fromArray(FLOAT, sums, rowA);
    FloatVector a1 = FloatVector.fromArray(FLOAT, sums, rowA + sumStride);
    FloatVector b0 = FloatVector.fromArray(FLOAT, sums, rowB);
    FloatVector b1 = FloatVector.fromArray(FLOAT, sums, rowB + sumStride);
    for (int i = 0; i < units; i++) {
      IntVector wa = IntVector.fromMemorySegment(INT, w, a + i * stride, ByteOrder.LITTLE_ENDIAN);
      IntVector wb = IntVector.fromMemorySegment(INT, w, b + i * stride, ByteOrder.LITTLE_ENDIAN);
      FloatVector evenA = wa.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector evenB = wb.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      int at = xFrom + i * 4;
      FloatVector x0 = FloatVector.broadcast(FLOAT, x[at]);
      a0 = evenA.fma(x0, a0);
      b0 = evenB.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOAT, x[at + 1]);
      a1 = evenA.fma(x1, a1);
      b1 = evenB.fma(x1, b1);
      FloatVector oddA = wa.and(UPPER).reinterpretAsFloats();
      FloatVector oddB = wb.and(UPPER).reinterpretAsFloats();
      FloatVector z0 = FloatVector.broadcast(FLOAT, x[at + 2]);
      a0 = oddA.fma(z0, a0);
      b0 = oddB.fma(z0, b0);
      FloatVector z1 = FloatVector.broadcast(FLOAT, x[at + 3]);
      a1 = oddA.fma(z1, a1);
      b1 = oddB.fma(z1, b1);
    }
    a0.intoArray(sums, rowA);
    a1.intoArray(sums, rowA + sumStride);
    b0.intoArray(sums, rowB);
    b1.intoArray(sums, rowB + sumStride);
  }

  private static void add4(
      MemorySegment w,
      long a,
      long b,
      long stride,
      int units,
      float[] x,
      int xFrom,
      float[] sums,
      int sumStride,
      int rowA,
      int rowB) {
    FloatVector a0 = FloatVector.fromArray(FLOAT, sums, rowA);
    FloatVector a1 = FloatVector.fromArray(FLOAT, sums, rowA + sumStride);
    FloatVector a2 = FloatVector.fromArray(FLOAT, sums, rowA + 2 * sumStride);
    FloatVector a3 = FloatVector.fromArray(FLOAT, sums, rowA + 3 * sumStride);
    FloatVector b0 = FloatVector.fromArray(FLOAT, sums, rowB);
    FloatVector b1 = FloatVector.fromArray(FLOAT, sums, rowB + sumStride);
    FloatVector b2 = FloatVector.fromArray(FLOAT, sums, rowB + 2 * sumStride);
    FloatVector b3 = FloatVector.fromArray(FLOAT, sums, rowB + 3 * sumStride);
    for (int i = 0; i < units; i++) {
      IntVector wa = IntVector.fromMemorySegment(INT, w, a + i * stride, ByteOrder.LITTLE_ENDIAN);
      IntVector wb = IntVector.fromMemorySegment(INT, w, b + i * stride, ByteOrder.LITTLE_ENDIAN);
      FloatVector evenA = wa.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector evenB = wb.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      int at = xFrom + i * 8;
      FloatVector x0 = FloatVector.broadcast(FLOAT, x[at]);
      a0 = evenA.fma(x0, a0);
      b0 = evenB.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOAT, x[at + 1]);
      a1 = evenA.fma(x1, a1);
      b1 = evenB.fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(FLOAT, x[at + 2]);
      a2 = evenA.fma(x2, a2);
      b2 = evenB.fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(FLOAT, x[at + 3]);
      a3 = evenA.fma(x3, a3);
      b3 = evenB.fma(x3, b3);
      FloatVector oddA = wa.and(UPPER).reinterpretAsFloats();
      FloatVector oddB = wb.and(UPPER).reinterpretAsFloats();
      FloatVector z0 = FloatVector.broadcast(FLOAT, x[at + 4]);
      a0 = oddA.fma(z0, a0);
      b0 = oddB.fma(z0, b0);
      FloatVector z1 = FloatVector.broadcast(FLOAT, x[at + 5]);
      a1 = oddA.fma(z1, a1);
      b1 = oddB.fma(z1, b1);
      FloatVector z2 = FloatVector.broadcast(FLOAT, x[at + 6]);
      a2 = oddA.fma(z2, a2);
      b2 = oddB.fma(z2, b2);
      FloatVector z3 = FloatVector.broadcast(FLOAT, x[at + 7]);
      a3 = oddA.fma(z3, a3);
      b3 = oddB.fma(z3, b3);
    }
    a0.intoArray(sums, rowA);
    a1.intoArray(sums, rowA + sumStride);
    a2.intoArray(sums, rowA + 2 * sumStride);
    a3.intoArray(sums, rowA + 3 * sumStride);
    b0.intoArray(sums, rowB);
    b1.intoArray(sums, rowB + sumStride);
    b2.intoArray(sums, rowB + 2 * sumStride);
    b3.intoArray(sums, rowB + 3 * sumStride);
  }

  private static void add8(
      MemorySegment w,
      long a,
      long b,
      long stride,
      int units,
      float[] x,
      int xFrom,
      float[] sums,
      int sumStride,
      int rowA,
      int rowB) {
    FloatVector a0 = FloatVector.fromArray(FLOAT, sums, rowA);
    FloatVector a1 = FloatVector.fromArray(FLOAT, sums, rowA + sumStride);
    FloatVector a2 = FloatVector.fromArray(FLOAT, sums, rowA + 2 * sumStride);
    FloatVector a3 = FloatVector.fromArray(FLOAT, sums, rowA + 3 * sumStride);
    FloatVector a4 = FloatVector.fromArray(FLOAT, sums, rowA + 4 * sumStride);
    FloatVector a5 = FloatVector.fromArray(FLOAT, sums, rowA + 5 * sumStride);
    FloatVector a6 = FloatVector.fromArray(FLOAT, sums, rowA + 6 * sumStride);
    FloatVector a7 = FloatVector.fromArray(FLOAT, sums, rowA + 7 * sumStride);
    FloatVector b0 = FloatVector.fromArray(FLOAT, sums, rowB);
    FloatVector b1 = FloatVector.fromArray(FLOAT, sums, rowB + sumStride);
    FloatVector b2 = FloatVector.fromArray(FLOAT, sums, rowB + 2 * sumStride);
    FloatVector b3 = FloatVector.fromArray(FLOAT, sums, rowB + 3 * sumStride);
    FloatVector b4 = FloatVector.fromArray(FLOAT, sums, rowB + 4 * sumStride);
    FloatVector b5 = FloatVector.fromArray(FLOAT, sums, rowB + 5 * sumStride);
    FloatVector b6 = FloatVector.fromArray(FLOAT, sums, rowB + 6 * sumStride);
    FloatVector b7 = FloatVector.fromArray(FLOAT, sums, rowB + 7 * sumStride);
    for (int i = 0; i < units; i++) {
      IntVector wa = IntVector.fromMemorySegment(INT, w, a + i * stride, ByteOrder.LITTLE_ENDIAN);
      IntVector wb = IntVector.fromMemorySegment(INT, w, b + i * stride, ByteOrder.LITTLE_ENDIAN);
      FloatVector evenA = wa.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector evenB = wb.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      int at = xFrom + i * 16;
      FloatVector x0 = FloatVector.broadcast(FLOAT, x[at]);
      a0 = evenA.fma(x0, a0);
      b0 = evenB.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOAT, x[at + 1]);
      a1 = evenA.fma(x1, a1);
      b1 = evenB.fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(FLOAT, x[at + 2]);
      a2 = evenA.fma(x2, a2);
      b2 = evenB.fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(FLOAT, x[at + 3]);
      a3 = evenA.fma(x3, a3);
      b3 = evenB.fma(x3, b3);
      FloatVector x4 = FloatVector.broadcast(FLOAT, x[at + 4]);
      a4 = evenA.fma(x4, a4);
      b4 = evenB.fma(x4, b4);
      FloatVector x5 = FloatVector.broadcast(FLOAT, x[at + 5]);
      a5 = evenA.fma(x5, a5);
      b5 = evenB.fma(x5, b5);
      FloatVector x6 = FloatVector.broadcast(FLOAT, x[at + 6]);
      a6 = evenA.fma(x6, a6);
      b6 = evenB.fma(x6, b6);
      FloatVector x7 = FloatVector.broadcast(FLOAT, x[at + 7]);
      a7 = evenA.fma(x7, a7);
      b7 = evenB.fma(x7, b7);
      FloatVector oddA = wa.and(UPPER).reinterpretAsFloats();
      FloatVector oddB = wb.and(UPPER).reinterpretAsFloats();
      FloatVector z0 = FloatVector.broadcast(FLOAT, x[at + 8]);
      a0 = oddA.fma(z0, a0);
      b0 = oddB.fma(z0, b0);
      FloatVector z1 = FloatVector.broadcast(FLOAT, x[at + 9]);
      a1 = oddA.fma(z1, a1);
      b1 = oddB.fma(z1, b1);
      FloatVector z2 = FloatVector.broadcast(FLOAT, x[at + 10]);
      a2 = oddA.fma(z2, a2);
      b2 = oddB.fma(z2, b2);
      FloatVector z3 = FloatVector.broadcast(FLOAT, x[at + 11]);
      a3 = oddA.fma(z3, a3);
      b3 = oddB.fma(z3, b3);
      FloatVector z4 = FloatVector.broadcast(FLOAT, x[at + 12]);
      a4 = oddA.fma(z4, a4);
      b4 = oddB.fma(z4, b4);
      FloatVector z5 = FloatVector.broadcast(FLOAT, x[at + 13]);
      a5 = oddA.fma(z5, a5);
      b5 = oddB.fma(z5, b5);
      FloatVector z6 = FloatVector.broadcast(FLOAT, x[at + 14]);
      a6 = oddA.fma(z6, a6);
      b6 = oddB.fma(z6, b6);
      FloatVector z7 = FloatVector.broadcast(FLOAT, x[at + 15]);
      a7 = oddA.fma(z7, a7);
      b7 = oddB.fma(z7, b7);
    }
    a0.intoArray(sums, rowA);
    a1.intoArray(sums, rowA + sumStride);
    a2.intoArray(sums, rowA + 2 * sumStride);
    a3.intoArray(sums, rowA + 3 * sumStride);
    a4.intoArray(sums, rowA + 4 * sumStride);
    a5.intoArray(sums, rowA + 5 * sumStride);
    a6.intoArray(sums, rowA + 6 * sumStride);
    a7.intoArray(sums, rowA + 7 * sumStride);
    b0.intoArray(sums, rowB);
    b1.intoArray(sums, rowB + sumStride);
    b2.intoArray(sums, rowB + 2 * sumStride);
    b3.intoArray(sums, rowB + 3 * sumStride);
    b4.intoArray(sums, rowB + 4 * sumStride);
    b5.intoArray(sums, rowB + 5 * sumStride);
    b6.intoArray(sums, rowB + 6 * sumStride);
    b7.intoArray(sums, rowB + 7 * sumStride);
  }
}
