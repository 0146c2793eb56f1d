package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * Two vectors of rows × 2, 4 or 8 vectors of activations: as many accumulators as registers allow,
 * so that each load of weights serves 2 to 8 multiplications, and each broadcast two.
 *
 * <p>Weights: column c from {@code from + c·COLUMN_STRIDE}. Activations: vector v of column c at
 * {@code xFrom + c·xStride + v}. Sums: vector v's from {@code rowA + v·sumStride} and {@code rowB +
 * v·sumStride}.
 */
final class TileProducts {
  /** Most vectors at once: 8 need 16 accumulators, more than the 16 registers of AVX2 leave. */
  static final int MOST = FLOATS >= 16 ? 8 : 4;

  private TileProducts() {}

  static void add2(
      float[] weights,
      int from,
      int cols,
      float[] x,
      int xFrom,
      int xStride,
      float[] sums,
      int sumStride,
      int rowA,
      int rowB) {
    FloatVector a0 = FloatVector.fromArray(FLOAT, sums, rowA);
    FloatVector a1 = FloatVector.fromArray(FLOAT, sums, rowA + sumStride);
    FloatVector b0 = FloatVector.fromArray(FLOAT, sums, rowB);
    FloatVector b1 = FloatVector.fromArray(FLOAT, sums, rowB + sumStride);
    for (int c = 0; c < cols; c++) {
      int at = from + c * TileDecoder.COLUMN_STRIDE;
      int xAt = xFrom + c * xStride;
      FloatVector a = FloatVector.fromArray(FLOAT, weights, at);
      FloatVector b = FloatVector.fromArray(FLOAT, weights, at + FLOATS);
      FloatVector x0 = FloatVector.broadcast(FLOAT, x[xAt]);
      FloatVector x1 = FloatVector.broadcast(FLOAT, x[xAt + 1]);
      a0 = a.fma(x0, a0);
      b0 = b.fma(x0, b0);
      a1 = a.fma(x1, a1);
      b1 = b.fma(x1, b1);
    }
    a0.intoArray(sums, rowA);
    a1.intoArray(sums, rowA + sumStride);
    b0.intoArray(sums, rowB);
    b1.intoArray(sums, rowB + sumStride);
  }

  static void add4(
      float[] weights,
      int from,
      int cols,
      float[] x,
      int xFrom,
      int xStride,
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
      int at = from + c * TileDecoder.COLUMN_STRIDE;
      int xAt = xFrom + c * xStride;
      FloatVector a = FloatVector.fromArray(FLOAT, weights, at);
      FloatVector b = FloatVector.fromArray(FLOAT, weights, at + FLOATS);
      FloatVector x0 = FloatVector.broadcast(FLOAT, x[xAt]);
      a0 = a.fma(x0, a0);
      b0 = b.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOAT, x[xAt + 1]);
      a1 = a.fma(x1, a1);
      b1 = b.fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(FLOAT, x[xAt + 2]);
      a2 = a.fma(x2, a2);
      b2 = b.fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(FLOAT, x[xAt + 3]);
      a3 = a.fma(x3, a3);
      b3 = b.fma(x3, b3);
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
      float[] weights,
      int from,
      int cols,
      float[] x,
      int xFrom,
      int xStride,
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
      int at = from + c * TileDecoder.COLUMN_STRIDE;
      int xAt = xFrom + c * xStride;
      FloatVector a = FloatVector.fromArray(FLOAT, weights, at);
      FloatVector b = FloatVector.fromArray(FLOAT, weights, at + FLOATS);
      FloatVector x0 = FloatVector.broadcast(FLOAT, x[xAt]);
      a0 = a.fma(x0, a0);
      b0 = b.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOAT, x[xAt + 1]);
      a1 = a.fma(x1, a1);
      b1 = b.fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(FLOAT, x[xAt + 2]);
      a2 = a.fma(x2, a2);
      b2 = b.fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(FLOAT, x[xAt + 3]);
      a3 = a.fma(x3, a3);
      b3 = b.fma(x3, b3);
      FloatVector x4 = FloatVector.broadcast(FLOAT, x[xAt + 4]);
      a4 = a.fma(x4, a4);
      b4 = b.fma(x4, b4);
      FloatVector x5 = FloatVector.broadcast(FLOAT, x[xAt + 5]);
      a5 = a.fma(x5, a5);
      b5 = b.fma(x5, b5);
      FloatVector x6 = FloatVector.broadcast(FLOAT, x[xAt + 6]);
      a6 = a.fma(x6, a6);
      b6 = b.fma(x6, b6);
      FloatVector x7 = FloatVector.broadcast(FLOAT, x[xAt + 7]);
      a7 = a.fma(x7, a7);
      b7 = b.fma(x7, b7);
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
