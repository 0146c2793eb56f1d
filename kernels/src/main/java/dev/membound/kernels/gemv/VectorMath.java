package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/** Reductions over lanes and arrays. */
final class VectorMath {
  private static final int MAGNITUDE = 0x7FFF_FFFF;
  private static final VectorShuffle<Float> BY_HALF = rotation(FLOATS / 2);
  private static final VectorShuffle<Float> BY_QUARTER = rotation(FLOATS / 4);
  private static final VectorShuffle<Float> BY_EIGHTH = rotation(FLOATS / 8);
  private static final VectorShuffle<Float> BY_SIXTEENTH = rotation(FLOATS / 16);

  private VectorMath() {}

  /**
   * Sums the lanes of a vector in an array pairwise, half onto half. {@code reduceLanes} may add in
   * another order once it is compiled, and so give other bits for the same input.
   */
  static float sumLanes(float[] lanes, int from) {
    FloatVector v = FloatVector.fromArray(FLOAT, lanes, from);
    FloatVector sum = v.add(v.rearrange(BY_HALF));
    sum = sum.rearrange(BY_QUARTER).add(sum);
    if (FLOATS >= 8) {
      sum = sum.rearrange(BY_EIGHTH).add(sum);
    }
    if (FLOATS >= 16) {
      sum = sum.rearrange(BY_SIXTEENTH).add(sum);
    }
    return sum.lane(0);
  }

  private static VectorShuffle<Float> rotation(int lanes) {
    return VectorShuffle.iota(FLOAT, lanes, 1, true);
  }

  /** The largest magnitude among {@code x[0]} to {@code x[count − 1]}; NaN if one is NaN. */
  static float largestMagnitude(float[] x, int from, int count) {
    // As integers magnitudes are in the same order, NaN last, and a comparison is one instruction.
    IntVector largest = IntVector.zero(INT);
    int i = 0;
    for (; i <= count - FLOATS; i += FLOATS) {
      largest =
          FloatVector.fromArray(FLOAT, x, from + i).reinterpretAsInts().and(MAGNITUDE).max(largest);
    }
    int result = IntVector.zero(INT).max(largest).reduceLanes(VectorOperators.MAX);
    for (; i < count; i++) {
      result = Math.max(result, Float.floatToRawIntBits(x[from + i]) & MAGNITUDE);
    }
    return Float.intBitsToFloat(result);
  }

  /** The sum of {@code x[from]} to {@code x[from + count − 1]}. */
  static int sum(int[] x, int from, int count) {
    IntVector sums = IntVector.zero(INT);
    int i = 0;
    for (; i <= count - INT.length(); i += INT.length()) {
      sums = IntVector.fromArray(INT, x, from + i).add(sums);
    }
    int sum = IntVector.zero(INT).add(sums).reduceLanes(VectorOperators.ADD);
    for (; i < count; i++) {
      sum += x[from + i];
    }
    return sum;
  }
}
