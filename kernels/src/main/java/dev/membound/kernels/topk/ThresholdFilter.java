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

  /** NaN scores that the last call of {@link #above} met. */
  long nanScores;

  /**
   * Writes the indices i with {@code scores[from + i] ≥ threshold}, ascending, and counts NaN on
   * the way.
   *
   * @return how many, or 0 if there are more than {@code room} less a vector
   */
  abstract int above(float[] scores, int from, int n, float threshold, int[] index, int room);

  abstract long countNaN(float[] scores, int from, int n);

  /** {@link #above} for the scores from {@code first} on, one by one. */
  final int aboveFrom(
      int first,
      int found,
      float[] scores,
      int from,
      int n,
      float threshold,
      int[] index,
      int room) {
    int count = found;
    for (int i = first; i < n; i++) {
      float score = scores[from + i];
      if (score >= threshold) {
        if (count == room) {
          return 0;
        }
        index[count++] = i;
      } else if (Float.isNaN(score)) {
        nanScores++;
      }
    }
    return count;
  }

  private static final class Scalar extends ThresholdFilter {
    @Override
    int above(float[] scores, int from, int n, float threshold, int[] index, int room) {
      nanScores = 0;
      return aboveFrom(0, 0, scores, from, n, threshold, index, room);
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
      nanScores = 0;
      int found = 0;
      int i = 0;
      for (; i + STEP <= n; i += STEP) {
        // No branch on what is kept: it would be mispredicted every few vectors.
        FloatVector score = FloatVector.fromArray(Species.FLOAT, scores, from + i);
        VectorMask<Float> kept = score.compare(VectorOperators.GE, threshold);
        LANE.add(i).compress(kept.cast(Species.INT)).intoArray(index, found);
        found += kept.trueCount();
        if (found > room - STEP) {
          return 0;
        }
        VectorMask<Float> nan = score.test(VectorOperators.IS_NAN);
        if (nan.anyTrue()) {
          nanScores += nan.trueCount();
        }
      }
      return aboveFrom(i, found, scores, from, n, threshold, index, room);
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
