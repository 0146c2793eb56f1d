package dev.membound.benchmarks.sampling;

import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.Aggregator;
import org.openjdk.jmh.results.ScalarResult;

/**
 * A ratio that not every iteration has. JMH takes a {@link ScalarResult} that an iteration lacks
 * for zero; the mean of these is that of the iterations that have one.
 */
final class SometimesResult extends ScalarResult {
  private static final long serialVersionUID = 1;

  SometimesResult(String label, double value) {
    super(label, value, "ratio", AggregationPolicy.AVG);
  }

  @Override
  protected ScalarResult getZeroResult() {
    return null;
  }

  /** One thread reports it; JMH's own aggregator would make a plain result of it. */
  @Override
  protected Aggregator<ScalarResult> getThreadAggregator() {
    return results -> results.iterator().next();
  }
}
