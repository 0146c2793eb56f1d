package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * Two rows × 2, 4 or 8 vectors of activations, lane = column: as many accumulators as registers
 * allow, so that each load of weights serves 2 to 8 multiplications, and each of activations two.
 *
 * <p>Weights: two rows, from 0 and from {@code rowStride}. Activations: vector v from {@code xFrom
 * + v·xStride}. Lanes: vector v's from {@code to + v·2·FLOATS}, first row, second row.
 */
final class RowProducts {
  /** Most vectors at once: 8 need 16 accumulators, more than the 16 registers of AVX2 leave. */
  static final int MOST = FLOATS >= 16 ? 8 : 4;

  private RowProducts() {}

  static void add2(
      float[] weights,
      int rowStride,
      int steps,
      float[] x,
      int xFrom,
      int xStride,
      float[] lanes,
      int to) {
    FloatVector a0 = FloatVector.fromArray(FLOAT, lanes, to);
    FloatVector a1 = FloatVector.fromArray(FLOAT, lanes, to + 2 * FLOATS);
    FloatVector b0 = FloatVector.fromArray(FLOAT, lanes, to + FLOATS);
    FloatVector b1 = FloatVector.fromArray(FLOAT, lanes, to + 3 * FLOATS);
    for (int i = 0; i < steps; i++) {
      int at = i * FLOATS;
      FloatVector a = FloatVector.fromArray(FLOAT, weights, at);
      FloatVector b = FloatVector.fromArray(FLOAT, weights, rowStride + at);
      FloatVector x0 = FloatVector.fromArray(FLOAT, x, xFrom + at);
      a0 = a.fma(x0, a0);
      b0 = b.fma(x0, b0);
      FloatVector x1 = FloatVector.fromArray(FLOAT, x, xFrom + xStride + at);
      a1 = a.fma(x1, a1);
      b1 = b.fma(x1, b1);
    }
    a0.intoArray(lanes, to);
    a1.intoArray(lanes, to + 2 * FLOATS);
    b0.intoArray(lanes, to + FLOATS);
    b1.intoArray(lanes, to + 3 * FLOATS);
  }

  static void add4(
      float[] weights,
      int rowStride,
      int steps,
      float[] x,
      int xFrom,
      int xStride,
      float[] lanes,
      int to) {
    FloatVector a0 = FloatVector.fromArray(FLOAT, lanes, to);
    FloatVector a1 = FloatVector.fromArray(FLOAT, lanes, to + 2 * FLOATS);
    FloatVector a2 = FloatVector.fromArray(FLOAT, lanes, to + 4 * FLOATS);
    FloatVector a3 = FloatVector.fromArray(FLOAT, lanes, to + 6 * FLOATS);
    FloatVector b0 = FloatVector.fromArray(FLOAT, lanes, to + FLOATS);
    FloatVector b1 = FloatVector.fromArray(FLOAT, lanes, to + 3 * FLOATS);
    FloatVector b2 = FloatVector.fromArray(FLOAT, lanes, to + 5 * FLOATS);
    FloatVector b3 = FloatVector.fromArray(FLOAT, lanes, to + 7 * FLOATS);
    for (int i = 0; i < steps; i++) {
      int at = i * FLOATS;
      FloatVector a = FloatVector.fromArray(FLOAT, weights, at);
      FloatVector b = FloatVector.fromArray(FLOAT, weights, rowStride + at);
      FloatVector x0 = FloatVector.fromArray(FLOAT, x, xFrom + at);
      a0 = a.fma(x0, a0);
      b0 = b.fma(x0, b0);
      FloatVector x1 = FloatVector.fromArray(FLOAT, x, xFrom + xStride + at);
      a1 = a.fma(x1, a1);
      b1 = b.fma(x1, b1);
      FloatVector x2 = FloatVector.fromArray(FLOAT, x, xFrom + 2 * xStride + at);
      a2 = a.fma(x2, a2);
      b2 = b.fma(x2, b2);
      FloatVector x3 = FloatVector.fromArray(FLOAT, x, xFrom + 3 * xStride + at);
      a3 = a.fma(x3, a3);
      b3 = b.fma(x3, b3);
    }
    a0.intoArray(lanes, to);
    a1.intoArray(lanes, to + 2 * FLOATS);
    a2.intoArray(lanes, to + 4 * FLOATS);
    a3.intoArray(lanes, to + 6 * FLOATS);
    b0.intoArray(lanes, to + FLOATS);
    b1.intoArray(lanes, to + 3 * FLOATS);
    b2.intoArray(lanes, to + 5 * FLOATS);
    b3.intoArray(lanes, to + 7 * FLOATS);
  }

  static void add8(
      float[] weights,
      int rowStride,
      int steps,
      float[] x,
      int xFrom,
      int xStride,
      float[] lanes,
      int to) {
    FloatVector a0 = FloatVector.fromArray(FLOAT, lanes, to);
    FloatVector a1 = FloatVector.fromArray(FLOAT, lanes, to + 2 * FLOATS);
    FloatVector a2 = FloatVector.fromArray(FLOAT, lanes, to + 4 * FLOATS);
    FloatVector a3 = FloatVector.fromArray(FLOAT, lanes, to + 6 * FLOATS);
    FloatVector a4 = FloatVector.fromArray(FLOAT, lanes, to + 8 * FLOATS);
    FloatVector a5 = FloatVector.fromArray(FLOAT, lanes, to + 10 * FLOATS);
    FloatVector a6 = FloatVector.fromArray(FLOAT, lanes, to + 12 * FLOATS);
    FloatVector a7 = FloatVector.fromArray(FLOAT, lanes, to + 14 * FLOATS);
    FloatVector b0 = FloatVector.fromArray(FLOAT, lanes, to + FLOATS);
    FloatVector b1 = FloatVector.fromArray(FLOAT, lanes, to + 3 * FLOATS);
    FloatVector b2 = FloatVector.fromArray(FLOAT, lanes, to + 5 * FLOATS);
    FloatVector b3 = FloatVector.fromArray(FLOAT, lanes, to + 7 * FLOATS);
    FloatVector b4 = FloatVector.fromArray(FLOAT, lanes, to + 9 * FLOATS);
    FloatVector b5 = FloatVector.fromArray(FLOAT, lanes, to + 11 * FLOATS);
    FloatVector b6 = FloatVector.fromArray(FLOAT, lanes, to + 13 * FLOATS);
    FloatVector b7 = FloatVector.fromArray(FLOAT, lanes, to + 15 * FLOATS);
    for (int i = 0; i < steps; i++) {
      int at = i * FLOATS;
      FloatVector a = FloatVector.fromArray(FLOAT, weights, at);
      FloatVector b = FloatVector.fromArray(FLOAT, weights, rowStride + at);
      FloatVector x0 = FloatVector.fromArray(FLOAT, x, xFrom + at);
      a0 = a.fma(x0, a0);
      b0 = b.fma(x0, b0);
      FloatVector x1 = FloatVector.fromArray(FLOAT, x, xFrom + xStride + at);
      a1 = a.fma(x1, a1);
      b1 = b.fma(x1, b1);
      FloatVector x2 = FloatVector.fromArray(FLOAT, x, xFrom + 2 * xStride + at);
      a2 = a.fma(x2, a2);
      b2 = b.fma(x2, b2);
      FloatVector x3 = FloatVector.fromArray(FLOAT, x, xFrom + 3 * xStride + at);
      a3 = a.fma(x3, a3);
      b3 = b.fma(x3, b3);
      FloatVector x4 = FloatVector.fromArray(FLOAT, x, xFrom + 4 * xStride + at);
      a4 = a.fma(x4, a4);
      b4 = b.fma(x4, b4);
      FloatVector x5 = FloatVector.fromArray(FLOAT, x, xFrom + 5 * xStride + at);
      a5 = a.fma(x5, a5);
      b5 = b.fma(x5, b5);
      FloatVector x6 = FloatVector.fromArray(FLOAT, x, xFrom + 6 * xStride + at);
      a6 = a.fma(x6, a6);
      b6 = b.fma(x6, b6);
      FloatVector x7 = FloatVector.fromArray(FLOAT, x, xFrom + 7 * xStride + at);
      a7 = a.fma(x7, a7);
      b7 = b.fma(x7, b7);
    }
    a0.intoArray(lanes, to);
    a1.intoArray(lanes, to + 2 * FLOATS);
    a2.intoArray(lanes, to + 4 * FLOATS);
    a3.intoArray(lanes, to + 6 * FLOATS);
    a4.intoArray(lanes, to + 8 * FLOATS);
    a5.intoArray(lanes, to + 10 * FLOATS);
    a6.intoArray(lanes, to + 12 * FLOATS);
    a7.intoArray(lanes, to + 14 * FLOATS);
    b0.intoArray(lanes, to + FLOATS);
    b1.intoArray(lanes, to + 3 * FLOATS);
    b2.intoArray(lanes, to + 5 * FLOATS);
    b3.intoArray(lanes, to + 7 * FLOATS);
    b4.intoArray(lanes, to + 9 * FLOATS);
    b5.intoArray(lanes, to + 11 * FLOATS);
    b6.intoArray(lanes, to + 13 * FLOATS);
    b7.intoArray(lanes, to + 15 * FLOATS);
  }
}
