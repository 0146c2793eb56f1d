package dev.membound.model.statistics;

import dev.membound.model.run.Interval;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * 90 % intervals of medians by a bootstrap that resamples forks with replacement and then
 * iterations within each drawn fork, because iterations of one JVM are alike and pooling them as
 * independent makes intervals far too narrow (Kalibera and Jones, "Rigorous Benchmarking in
 * Reasonable Time", ISMM 2013).
 *
 * <p>With few forks plain percentiles still cover too little, so the percentiles are expanded to
 * those of a t interval with one degree of freedom less than there are forks (Hesterberg, "What
 * Teachers Should Know About the Bootstrap", 2015); an interval never leaves the range of the
 * medians drawn. Same seed and values, same interval, bit for bit.
 */
public final class HierarchicalBootstrap {
  /** What was resampled, and so what the interval speaks for. */
  public enum Clustering {
    /** Forks, then iterations within them: the spread between JVMs is in the interval. */
    FORKS,
    /**
     * Iterations of the only fork: the interval says nothing of another JVM, and is a lower bound.
     */
    ITERATIONS,
    /** One value: the interval has no width because nothing is known of it. */
    NONE
  }

  private static final double TAIL = 0.05;

  private final int replicates;
  private final long seed;

  /**
   * @param replicates medians drawn for an interval, at least 100
   * @param seed of the drawing
   */
  public HierarchicalBootstrap(int replicates, long seed) {
    if (replicates < 100) {
      throw new IllegalArgumentException("a bootstrap needs 100 replicates or more: " + replicates);
    }
    this.replicates = replicates;
    this.seed = seed;
  }

  /**
   * What {@link #median} resamples for these values.
   *
   * @param valuesByFork one non-empty array a fork
   */
  public static Clustering clustering(double[][] valuesByFork) {
    if (valuesByFork.length > 1) {
      return Clustering.FORKS;
    }
    return valuesByFork[0].length > 1 ? Clustering.ITERATIONS : Clustering.NONE;
  }

  /**
   * The pooled median with its 90 % interval; see {@link Clustering} for one fork or one value.
   *
   * @param valuesByFork one non-empty array of finite values a fork
   * @throws IllegalArgumentException if there is no fork, or a fork without a finite value
   */
  public Interval median(double[][] valuesByFork) {
    check(valuesByFork);
    RandomGenerator random = new SplittableRandom(seed);
    double[] medians = new double[replicates];
    for (int r = 0; r < replicates; r++) {
      medians[r] = pooledMedian(resample(valuesByFork, random));
    }
    return interval(pooledMedian(valuesByFork), medians, clusters(valuesByFork));
  }

  /**
   * The ratio of two pooled medians with its 90 % interval, the two sides resampled independently.
   * For values that were measured in pairs, take the {@link #median} of the paired ratios instead.
   *
   * @param numeratorByFork as in {@link #median}
   * @param denominatorByFork as in {@link #median}, positive
   */
  public Interval ratioOfMedians(double[][] numeratorByFork, double[][] denominatorByFork) {
    check(numeratorByFork);
    check(denominatorByFork);
    RandomGenerator random = new SplittableRandom(seed);
    double[] ratios = new double[replicates];
    for (int r = 0; r < replicates; r++) {
      double numerator = pooledMedian(resample(numeratorByFork, random));
      ratios[r] = numerator / pooledMedian(resample(denominatorByFork, random));
    }
    return interval(
        pooledMedian(numeratorByFork) / pooledMedian(denominatorByFork),
        ratios,
        Math.min(clusters(numeratorByFork), clusters(denominatorByFork)));
  }

  /**
   * Draws forks with replacement, then iterations with replacement within each drawn fork; of a
   * single fork, iterations only.
   */
  public static double[][] resample(double[][] valuesByFork, RandomGenerator random) {
    int[][] picks = resampleIndices(valuesByFork, random);
    double[][] drawn = new double[picks.length][];
    for (int f = 0; f < picks.length; f++) {
      double[] source = valuesByFork[picks[f][0]];
      drawn[f] = new double[source.length];
      for (int i = 0; i < source.length; i++) {
        drawn[f][i] = source[picks[f][i + 1]];
      }
    }
    return drawn;
  }

  /**
   * The drawing behind {@link #resample}, for values that must stay in pairs: one array a drawn
   * fork, its first element the fork, the others iterations of it.
   */
  public static int[][] resampleIndices(double[][] valuesByFork, RandomGenerator random) {
    int[][] picks = new int[valuesByFork.length][];
    for (int f = 0; f < picks.length; f++) {
      int fork = random.nextInt(valuesByFork.length);
      int iterations = valuesByFork[fork].length;
      picks[f] = new int[iterations + 1];
      picks[f][0] = fork;
      for (int i = 1; i <= iterations; i++) {
        picks[f][i] = random.nextInt(iterations);
      }
    }
    return picks;
  }

  private static Interval interval(double estimate, double[] drawn, int clusters) {
    Arrays.sort(drawn);
    double tail = expandedTail(clusters);
    return new Interval(
        estimate,
        Math.min(estimate, Quantiles.ofSorted(drawn, tail)),
        Math.max(estimate, Quantiles.ofSorted(drawn, 1 - tail)));
  }

  /** Φ(−√(n/(n−1)) · t(0.95, n−1)): the tail whose percentile has the width of a t interval. */
  static double expandedTail(int clusters) {
    if (clusters < 2) {
      return TAIL;
    }
    double t = new TDistribution(null, clusters - 1).inverseCumulativeProbability(1 - TAIL);
    return new NormalDistribution(null, 0, 1)
        .cumulativeProbability(-t * Math.sqrt(clusters / (clusters - 1.0)));
  }

  private static int clusters(double[][] valuesByFork) {
    return valuesByFork.length > 1 ? valuesByFork.length : valuesByFork[0].length;
  }

  private static double pooledMedian(double[][] valuesByFork) {
    return Quantiles.median(Arrays.stream(valuesByFork).flatMapToDouble(Arrays::stream).toArray());
  }

  private static void check(double[][] valuesByFork) {
    boolean sound = valuesByFork.length > 0;
    for (double[] fork : valuesByFork) {
      sound &= fork.length > 0;
      for (double value : fork) {
        sound &= Double.isFinite(value);
      }
    }
    if (!sound) {
      throw new IllegalArgumentException(
          "a bootstrap needs at least one fork, and a finite value in each: "
              + Arrays.deepToString(valuesByFork));
    }
  }
}
