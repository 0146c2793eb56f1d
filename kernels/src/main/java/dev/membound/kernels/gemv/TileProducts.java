package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * Two vectors of rows × a group of 2, 4 or 8 vectors of activations: as many accumulators as
 * registers allow, so that each load of weights serves 2 to 8 multiplications, and each broadcast
 * two.
 *
 * <p>Weights: column c as floats from {@code a + c·stride} and {@code b + c·stride}. Activations:
 * vector v of column c at {@code xFrom + c·group + v}, a constant distance, so that range checks
 * leave the loop. Sums: vector v's from {@code rowA + v·sumStride} and {@code rowB + v·sumStride}.
 */
final class TileProducts {
  private TileProducts() {}

  static void add2(
      MemorySegment w,
      long a,
      long b,
      long stride,
      int cols,
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
    for (int c = 0; c < cols; c++) {
      FloatVector wa =
          FloatVector.fromMemorySegment(FLOAT, w, a + c * stride, ByteOrder.LITTLE_ENDIAN);
      FloatVector wb =
          FloatVector.fromMemorySegment(FLOAT, w, b + c * stride, ByteOrder.LITTLE_ENDIAN);
      int xAt = xFrom + c * 2;
      FloatVector x0 = FloatVector.broadcast(FLOAT, x[xAt]);
      a0 = wa.fma(x0, a0);
      b0 = wb.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOAT, x[xAt + 1]);
      a1 = wa.fma(x1, a1);
      b1 = wb.fma(x1, b1);
    }
    a0.intoArray(sums, rowA);
    a1.intoArray(sums, rowA + sumStride);
    b0.intoArray(sums, rowB);
    b1.intoArray(sums, rowB + sumStride);
  }

  static void add4(
      MemorySegment w,
      long a,
      long b,
      long stride,
      int cols,
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
    for (int c = 0; c < cols; c++) {
      FloatVector wa =
          FloatVector.fromMemorySegment(FLOAT, w, a + c * stride, ByteOrder.LITTLE_ENDIAN);
      FloatVector wb =
          FloatVector.fromMemorySegment(FLOAT, w, b + c * stride, ByteOrder.LITTLE_ENDIAN);
      int xAt = xFrom + c * 4;
      FloatVector x0 = FloatVector.broadcast(FLOAT, x[xAt]);
      a0 = wa.fma(x0, a0);
      b0 = wb.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOAT, x[xAt + 1]);
      a1 = wa.fma(x1, a1);
      b1 = wb.fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(FLOAT, x[xAt + 2]);
      a2 = wa.fma(x2, a2);
      b2 = wb.fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(FLOAT, x[xAt + 3]);
      a3 = wa.fma(x3, a3);
      b3 = wb.fma(x3, b3);
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

  static void add8(
      MemorySegment w,
      long a,
      long b,
      long stride,
      int cols,
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
    for (int c = 0; c < cols; c++) {
      FloatVector wa =
          FloatVector.fromMemorySegment(FLOAT, w, a + c * stride, ByteOrder.LITTLE_ENDIAN);
      FloatVector wb =
          FloatVector.fromMemorySegment(FLOAT, w, b + c * stride, ByteOrder.LITTLE_ENDIAN);
      int xAt = xFrom + c * 8;
      FloatVector x0 = FloatVector.broadcast(FLOAT, x[xAt]);
      a0 = wa.fma(x0, a0);
      b0 = wb.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOAT, x[xAt + 1]);
      a1 = wa.fma(x1, a1);
      b1 = wb.fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(FLOAT, x[xAt + 2]);
      a2 = wa.fma(x2, a2);
      b2 = wb.fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(FLOAT, x[xAt + 3]);
      a3 = wa.fma(x3, a3);
      b3 = wb.fma(x3, b3);
      FloatVector x4 = FloatVector.broadcast(FLOAT, x[xAt + 4]);
      a4 = wa.fma(x4, a4);
      b4 = wb.fma(x4, b4);
      FloatVector x5 = FloatVector.broadcast(FLOAT, x[xAt + 5]);
      a5 = wa.fma(x5, a5);
      b5 = wb.fma(x5, b5);
      FloatVector x6 = FloatVector.broadcast(FLOAT, x[xAt + 6]);
      a6 = wa.fma(x6, a6);
      b6 = wb.fma(x6, b6);
      FloatVector x7 = FloatVector.broadcast(FLOAT, x[xAt + 7]);
      a7 = wa.fma(x7, a7);
      b7 = wb.fma(x7, b7);
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
