package dev.membound.kernels.topk;

import dev.membound.kernels.provider.KernelProvider;
import dev.membound.kernels.provider.Species;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Finds the scores that reach a threshold. */
abstract sealed class ThresholdFilter {
  static ThresholdFilter create() {
    return KernelProvider.current().isVectorised() ? new Vector() : new Scalar();
  }

  /**
   * Writes the indices i with {@code scores[from + i] ≥ threshold}, ascending.
   *
   * @return how many, or 0 if there are more than {@code room} less a vector
   */
  abstract int above(float[] scores, int from, int n, float threshold, int[] index, int room);

  abstract long countNaN(float[] scores, int from, int n);

  private static final class Scalar extends ThresholdFilter {
    @Override
    int above(float[] scores, int from, int n, float threshold, int[] index, int room) {
      int found = 0;
      for (int i = 0; i < n; i++) {
        if (scores[from + i] >= threshold) {
          if (found == room) {
            return 0;
          }
          index[found++] = i;
        }
      }
      return found;
    }

    @Override
    long countNaN(float[] scores, int from, int n) {
      long count = 0;
      for (int i = from; i < from + n; i++) {
        count += Float.isNaN(scores[i]) ? 1 : 0;
      }
      return count;
    }
  }

  private static final class Vector extends ThresholdFilter {
    private static final int STEP = Species.FLOATS;
    private static final IntVector LANE = IntVector.zero(Species.INT).addIndex(1);

    @Override
    int above(float[] scores, int from, int n, float threshold, int[] index, int room) {
      int found = 0;
      int i = 0;
      for (; i + STEP <= n; i += STEP) {
        VectorMask<Float> kept =
            FloatVector.fromArray(Species.FLOAT, scores, from + i)
                .compare(VectorOperators.GE, threshold);
        if (kept.anyTrue()) {
          if (found > room - STEP) {
            return 0;
          }
          LANE.add(i).compress(kept.cast(Species.INT)).intoArray(index, found);
          found += kept.trueCount();
        }
      }
      for (; i < n; i++) {
        if (scores[from + i] >= threshold) {
          if (found == room) {
            return 0;
          }
          index[found++] = i;
        }
      }
      return found;
    }

    @Override
    long countNaN(float[] scores, int from, int n) {
      long count = 0;
      int i = 0;
      for (; i + STEP <= n; i += STEP) {
        VectorMask<Float> nan =
            FloatVector.fromArray(Species.FLOAT, scores, from + i).test(VectorOperators.IS_NAN);
        if (nan.anyTrue()) {
          count += nan.trueCount();
        }
      }
      for (; i < n; i++) {
        count += Float.isNaN(scores[from + i]) ? 1 : 0;
      }
      return count;
    }
  }
}
