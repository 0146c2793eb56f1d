package dev.membound.model.simulate;

import dev.membound.model.run.Interval;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * A time in the best of worlds and in many drawn ones. Two times of one {@link Simulator} have the
 * same worlds in the same order, so what is computed from both keeps what they have in common.
 */
public final class SampledSeconds {
  private final double best;
  private final double[] drawn;

  SampledSeconds(double best, double[] drawn) {
    this.best = best;
    this.drawn = drawn;
  }

  /** Best estimate. */
  public double best() {
    return best;
  }

  /** This in every world. */
  SampledSeconds map(DoubleUnaryOperator function) {
    return new SampledSeconds(
        function.applyAsDouble(best), Arrays.stream(drawn).map(function).toArray());
  }

  /** This and another time in every world. */
  SampledSeconds with(SampledSeconds other, DoubleBinaryOperator function) {
    if (drawn.length != other.drawn.length) {
      throw new IllegalArgumentException(
          "times of different simulators: " + drawn.length + " and " + other.drawn.length);
    }
    double[] both = new double[drawn.length];
    for (int i = 0; i < both.length; i++) {
      both[i] = function.applyAsDouble(drawn[i], other.drawn[i]);
    }
    return new SampledSeconds(function.applyAsDouble(best, other.best), both);
  }

  /** One after the other. */
  public SampledSeconds plus(SampledSeconds other) {
    return with(other, Double::sum);
  }

  /** {@code factor} times as long. */
  public SampledSeconds times(double factor) {
    return map(seconds -> seconds * factor);
  }

  /** How many times as long as another time, a ratio. */
  public SampledSeconds ratioTo(SampledSeconds other) {
    return with(other, (a, b) -> a / b);
  }

  /** Best estimate between the 5 % and 95 % quantiles, which are widened to hold it. */
  public Interval interval() {
    double[] sorted = drawn.clone();
    Arrays.sort(sorted);
    return new Interval(
        best, Math.min(quantile(sorted, 0.05), best), Math.max(quantile(sorted, 0.95), best));
  }

  private static double quantile(double[] sorted, double share) {
    double position = share * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
