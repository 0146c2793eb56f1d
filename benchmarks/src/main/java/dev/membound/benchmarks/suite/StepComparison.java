package dev.membound.benchmarks.suite;

import dev.membound.model.statistics.Quantiles;
import java.util.Arrays;
import java.util.Locale;
import org.openjdk.jmh.runner.IterationType;

/**
 * Two things timed in turn, each pair beside itself, and what they say after a fork. A line of
 * text, since JMH adds up what a state counts over its iterations.
 */
public final class StepComparison {
  private static final int MOST_PAIRS = 1 << 20;

  private final String longName;
  private final String shortName;
  private double[] longSeconds = new double[1024];
  private double[] shortSeconds = new double[1024];
  private int pairs;
  private boolean warmingUp;

  public StepComparison(String longName, String shortName) {
    this.longName = longName;
    this.shortName = shortName;
  }

  /** To be called before every iteration: forgets the pairs of warm-up when that is over. */
  public void startIteration(IterationType type) {
    if (warmingUp && type == IterationType.MEASUREMENT) {
      pairs = 0;
    }
    warmingUp = type == IterationType.WARMUP;
  }

  /** Whether no pair has been timed: the fork measured something else. */
  public boolean isEmpty() {
    return pairs == 0;
  }

  public void add(long longNanos, long shortNanos) {
    if (pairs == MOST_PAIRS) {
      return;
    }
    if (pairs == longSeconds.length) {
      longSeconds = Arrays.copyOf(longSeconds, 2 * pairs);
      shortSeconds = Arrays.copyOf(shortSeconds, 2 * pairs);
    }
    longSeconds[pairs] = longNanos * 1e-9;
    shortSeconds[pairs++] = shortNanos * 1e-9;
  }

  /** Median times, and the median ratio with its middle half. */
  public String summary() {
    double[] ratios = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      ratios[i] = longSeconds[i] / shortSeconds[i];
    }
    double ratio = quantile(ratios, 0.5);
    return String.format(
        Locale.ROOT,
        "%s %.3f ms, %s %.3f ms: %.2f times as fast (middle half of %d pairs %.2f to %.2f), %.1f %%"
            + " of the time",
        longName,
        quantile(Arrays.copyOf(longSeconds, pairs), 0.5) * 1e3,
        shortName,
        quantile(Arrays.copyOf(shortSeconds, pairs), 0.5) * 1e3,
        ratio,
        pairs,
        quantile(ratios, 0.25),
        quantile(ratios, 0.75),
        100 / ratio);
  }

  private static double quantile(double[] values, double share) {
    return values.length == 0 ? Double.NaN : Quantiles.of(values, share);
  }
}
