package dev.membound.kernels.attention;

import dev.membound.kernels.provider.Species;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Running maxima and sums of many heads, some chunks of scores at a time.
 *
 * <p>A maximum may lag behind by {@link #SLACK}: weights of up to 2^SLACK overflow nothing, and one
 * rarely has to reduce a vector or to rescale.
 */
final class OnlineSoftmax {
  /** Scores of a chunk. */
  static final int CHUNK = 32;

  private static final int LANES = 16;
  private static final float SLACK = 8;
  private static final double LOG2_E = 1 / Math.log(2);

  private final float toBase2;
  private final float factor;
  private final float[] max; // of scores
  private final float[] limit; // the score from which the maximum is renewed
  private final float[] sum; // 16 lanes each

  /**
   * @param scale of scores to logits
   * @param factor by which weights are multiplied
   */
  OnlineSoftmax(int heads, double scale, float factor) {
    this.toBase2 = (float) (scale * LOG2_E);
    this.factor = factor;
    this.max = new float[heads];
    this.limit = new float[heads];
    this.sum = new float[heads * LANES];
  }

  /** Forgets the scores of heads {@code first} to before {@code end}. */
  void reset(int first, int end) {
    Arrays.fill(max, first, end, Float.NEGATIVE_INFINITY);
    Arrays.fill(limit, first, end, Float.NEGATIVE_INFINITY);
    Arrays.fill(sum, first * LANES, end * LANES, 0);
  }

  /**
   * Turns scores of a head, not all −∞, into weights.
   *
   * @param scores replaced by their weights: chunks of {@link #CHUNK}, the first from {@code start}
   * @param chunks at least 1
   * @param stride floats from a chunk to the next one
   * @return what the head's output so far has to be multiplied by
   */
  float weigh(int head, float[] scores, int start, int chunks, int stride) {
    int width = chunks * CHUNK;
    FloatVector largest = FloatVector.fromArray(Species.FLOAT, scores, start);
    for (int i = Species.FLOATS; i < width; i += Species.FLOATS) {
      // Two instructions; max, which respects NaN and the sign of zero, is six.
      FloatVector score =
          FloatVector.fromArray(Species.FLOAT, scores, start + i / CHUNK * stride + i % CHUNK);
      largest = score.blend(largest, score.compare(VectorOperators.LE, largest));
    }
    float decay = 1;
    // A sum with zero is a vector of its own: C2 may not inline a call on one that a loop carries.
    FloatVector most = FloatVector.zero(Species.FLOAT).add(largest);
    if (most.compare(VectorOperators.GT, limit[head]).anyTrue()) {
      decay = renew(head, most.reduceLanes(VectorOperators.MAX));
    }
    FloatVector top = FloatVector.broadcast(Species.FLOAT, max[head]);
    FloatVector base2 = FloatVector.broadcast(Species.FLOAT, toBase2);
    FloatVector total = FloatVector.fromArray(Species.FLOAT, sum, head * LANES);
    for (int i = 0; i < width; i += Species.FLOATS) {
      int at = start + i / CHUNK * stride + i % CHUNK;
      FloatVector score = FloatVector.fromArray(Species.FLOAT, scores, at);
      // Scaled after the difference: of two large products the rounding alone may exceed exp2.
      FloatVector weight = VectorExp.exp2(score.sub(top).mul(base2));
      total = weight.add(total);
      weight.mul(factor).intoArray(scores, at);
    }
    FloatVector.zero(Species.FLOAT).add(total).intoArray(sum, head * LANES);
    return decay;
  }

  /**
   * Multiplies a head's output so far by what {@link #weigh} returned. Not in the callers: a loop
   * there has them compiled before a profile says which calls of {@link #weigh} to inline, and
   * those that stay box vectors.
   */
  static void decay(float[] output, int from, int count, float decay) {
    if (decay != 1) {
      for (int i = from; i < from + count; i++) {
        output[i] *= decay;
      }
    }
  }

  double sum(int head) {
    double all = 0;
    for (int lane = 0; lane < LANES; lane++) {
      all += sum[head * LANES + lane];
    }
    return all;
  }

  /** The natural logarithm of the sum of the exponentiated logits. */
  double lse(int head) {
    return max[head] * (toBase2 / LOG2_E) + Math.log(sum(head));
  }

  private float renew(int head, float newMax) {
    float decay = (float) Math.exp(((double) max[head] - newMax) * (toBase2 / LOG2_E));
    max[head] = newMax;
    limit[head] = newMax + SLACK / toBase2;
    for (int i = head * LANES; i < (head + 1) * LANES; i++) {
      sum[i] *= decay;
    }
    return decay;
  }
}
