package dev.membound.kernels.attention;

import java.util.Arrays;

/**
 * The result of attending to a set of tokens, a query head at a time: the normalised output {@code
 * o} and {@code lse}, the <b>natural</b> logarithm of the sum of the exponentiated logits.
 *
 * <p>States of disjoint sets merge into the state of their union, in any order and any tree, which
 * is what splitting a context over threads, pages or machines rests on (<a
 * href="https://arxiv.org/abs/2501.01005">FlashInfer</a>, section 2.2). The empty set is the
 * identity: {@code o = 0}, {@code lse = −∞}.
 */
public final class AttentionState {
  private final int queryHeads;
  private final int headDim;
  private final float[] output;
  private final double[] lse;

  private AttentionState(int queryHeads, int headDim) {
    this.queryHeads = queryHeads;
    this.headDim = headDim;
    this.output = new float[Math.multiplyExact(queryHeads, headDim)];
    this.lse = new double[queryHeads];
    reset();
  }

  /**
   * The state of the empty set.
   *
   * @throws IllegalArgumentException if a count is less than 1
   */
  public static AttentionState create(int queryHeads, int headDim) {
    if (queryHeads < 1 || headDim < 1) {
      throw new IllegalArgumentException(
          "a state needs heads and dimensions, not " + queryHeads + " × " + headDim);
    }
    return new AttentionState(queryHeads, headDim);
  }

  public int queryHeads() {
    return queryHeads;
  }

  public int headDim() {
    return headDim;
  }

  /** The live output array, {@code queryHeads × headDim}, row-major. */
  public float[] output() {
    return output;
  }

  /** The live array of natural-log sums of exponentials, one a query head. */
  public double[] lse() {
    return lse;
  }

  /** Becomes the state of the empty set. */
  public void reset() {
    Arrays.fill(output, 0);
    Arrays.fill(lse, Double.NEGATIVE_INFINITY);
  }

  /**
   * Adds the tokens of {@code other}, which must be disjoint from this state's: {@code lse = ln(e^a
   * + e^b)}, {@code o = (e^a·o_a + e^b·o_b) / (e^a + e^b)}, both shifted by the larger exponent.
   * Merging the empty set changes no bit.
   *
   * @throws IllegalArgumentException if the shapes differ, or an lse is +∞, which some libraries
   *     write for no tokens: that is −∞ here
   */
  public void merge(AttentionState other) {
    if (other.queryHeads != queryHeads || other.headDim != headDim) {
      throw new IllegalArgumentException(
          "cannot merge a state of %d × %d into one of %d × %d"
              .formatted(other.queryHeads, other.headDim, queryHeads, headDim));
    }
    for (int head = 0; head < queryHeads; head++) {
      if (Math.max(lse[head], other.lse[head]) == Double.POSITIVE_INFINITY) {
        throw new IllegalArgumentException(
            "the lse of head " + head + " is +∞; of no tokens it is −∞");
      }
    }
    for (int head = 0; head < queryHeads; head++) {
      mergeHead(other, head);
    }
  }

  /**
   * Adds an attention sink a query head: a logit that takes its share of the softmax but has no
   * value, {@code o ← o / (1 + e^(sink − lse))}. {@code lse} stays that of the real tokens (as in
   * FlashMLA), so apply sinks once, after the last merge.
   *
   * @param sinks a logit a query head; −∞ for none
   * @throws IllegalArgumentException if there are not {@code queryHeads} of them or one is NaN
   */
  public void applySinks(float[] sinks) {
    if (sinks.length != queryHeads) {
      throw new IllegalArgumentException(
          sinks.length + " sinks for a state of " + queryHeads + " query heads");
    }
    for (int head = 0; head < queryHeads; head++) {
      if (Float.isNaN(sinks[head])) {
        throw new IllegalArgumentException("sinks[" + head + "] is NaN");
      }
    }
    for (int head = 0; head < queryHeads; head++) {
      if (lse[head] == Double.NEGATIVE_INFINITY) {
        continue; // o is 0 already, and −∞ − −∞ would be NaN
      }
      float share = (float) (1 / (1 + Math.exp(sinks[head] - lse[head])));
      for (int i = head * headDim; i < (head + 1) * headDim; i++) {
        output[i] *= share;
      }
    }
  }

  private void mergeHead(AttentionState other, int head) {
    double a = lse[head];
    double b = other.lse[head];
    if (b == Double.NEGATIVE_INFINITY) {
      return;
    }
    int start = head * headDim;
    if (a == Double.NEGATIVE_INFINITY) {
      System.arraycopy(other.output, start, output, start, headDim);
      lse[head] = b;
      return;
    }
    double max = Math.max(a, b);
    double weightA = Math.exp(a - max);
    double weightB = Math.exp(b - max);
    double sum = weightA + weightB;
    float shareA = (float) (weightA / sum);
    float shareB = (float) (weightB / sum);
    for (int i = start; i < start + headDim; i++) {
      output[i] = shareA * output[i] + shareB * other.output[i];
    }
    lse[head] = max + Math.log(sum);
  }
}
