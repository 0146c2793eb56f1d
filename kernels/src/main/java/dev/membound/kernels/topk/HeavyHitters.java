package dev.membound.kernels.topk;

import java.util.Arrays;

/**
 * <a href="https://arxiv.org/abs/2306.14048">H2O</a> for one head: keeps the tokens with the
 * largest attention probability summed over all steps, the heavy hitters, and the most recent ones;
 * what it drops is gone for good. Keeps a float a kept token and adds up to it every step.
 *
 * <p>A step: {@link #append} the new token, attend to the {@link #kept()} ones, {@link #accumulate}
 * their probabilities. Allocates nothing after construction.
 */
public final class HeavyHitters {
  private final int heavy;
  private final int recent;
  private final int[] tokens;
  private final float[] sums;
  private int count;
  private int next;
  private long nanProbabilities;

  /**
   * @param heavy heavy hitters kept besides the recent tokens
   * @param recent last tokens kept, at least 1: the newest has no history
   */
  public HeavyHitters(int heavy, int recent) {
    if (heavy < 0 || recent < 1) {
      throw new IllegalArgumentException(heavy + " heavy hitters and " + recent + " recent tokens");
    }
    this.heavy = heavy;
    this.recent = recent;
    this.tokens = new int[Math.addExact(heavy, recent)];
    this.sums = new float[tokens.length];
  }

  /**
   * Takes in the next token; where all room is taken the weakest token that is not recent goes, of
   * equally weak ones the last.
   */
  public void append() {
    if (count == tokens.length) {
      evict();
    }
    tokens[count] = next++;
    sums[count++] = 0;
  }

  /**
   * Adds a step's attention probabilities; NaN adds nothing and is counted.
   *
   * @param probabilities of the kept tokens, in their order
   * @throws IllegalArgumentException if there are fewer than kept tokens
   */
  public void accumulate(float[] probabilities) {
    if (probabilities.length < count) {
      throw new IllegalArgumentException(
          probabilities.length + " probabilities for " + count + " kept tokens");
    }
    for (int i = 0; i < count; i++) {
      if (Float.isNaN(probabilities[i])) {
        nanProbabilities++;
      } else {
        sums[i] += probabilities[i];
      }
    }
  }

  /** NaN probabilities of all steps. */
  public long nanProbabilities() {
    return nanProbabilities;
  }

  /** Tokens kept. */
  public int count() {
    return count;
  }

  /** The live kept tokens, ascending, the first {@link #count()} of them. */
  public int[] kept() {
    return tokens;
  }

  /** The summed probability of the {@code i}-th kept token. */
  public float sum(int i) {
    return sums[i];
  }

  /** Heavy hitters are all but the last {@code recent − 1}, which with the new token are recent. */
  private void evict() {
    int candidates = heavy + 1;
    int weakest = 0;
    for (int i = 1; i < candidates; i++) {
      if (sums[i] <= sums[weakest]) {
        weakest = i;
      }
    }
    System.arraycopy(tokens, weakest + 1, tokens, weakest, count - weakest - 1);
    System.arraycopy(sums, weakest + 1, sums, weakest, count - weakest - 1);
    count--;
  }

  @Override
  public String toString() {
    return "HeavyHitters" + Arrays.toString(Arrays.copyOf(tokens, count));
  }
}
