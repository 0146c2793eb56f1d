package dev.membound.model.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.run.Interval;
import dev.membound.model.statistics.HierarchicalBootstrap.Clustering;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HierarchicalBootstrapTest {
  private final HierarchicalBootstrap bootstrap = new HierarchicalBootstrap(400, 7);

  @Test
  void ninetyPercentIntervalsCoverTheTrueMedianThoughForksDiffer() {
    Random random = new Random(1);
    int covered = 0;
    int trials = 400;
    for (int trial = 0; trial < trials; trial++) {
      Interval interval = bootstrap.median(forks(random, 6, 5, 0.05, 0.01));
      covered += interval.low() <= 1 && 1 <= interval.high() ? 1 : 0;
    }
    assertThat((double) covered / trials).isBetween(0.85, 0.98);
  }

  @Test
  void forksThatDifferWidenTheIntervalThatPoolingWouldGive() {
    double[][] forks = forks(new Random(2), 5, 10, 0.1, 0.01);
    double[][] pooled = {Arrays.stream(forks).flatMapToDouble(Arrays::stream).toArray()};

    assertThat(width(bootstrap.median(forks))).isGreaterThan(1.5 * width(bootstrap.median(pooled)));
  }

  @ParameterizedTest
  @CsvSource({"2, 0", "3, 0.000174288", "5, 0.008574974", "20, 0.038027206", "1000000, 0.05"})
  void tailsAreThoseOfATIntervalWithOneDegreeOfFreedomLessThanForks(int forks, double tail) {
    assertThat(HierarchicalBootstrap.expandedTail(forks)).isCloseTo(tail, within(1e-6));
  }

  @Test
  void sameSeedSameInterval() {
    double[][] forks = forks(new Random(3), 20, 5, 0.1, 0.1);

    assertThat(bootstrap.median(forks))
        .isEqualTo(new HierarchicalBootstrap(400, 7).median(forks))
        .isNotEqualTo(new HierarchicalBootstrap(400, 8).median(forks));
  }

  @Test
  void oneForkFallsBackToItsIterationsAndSaysSo() {
    double[][] oneFork = {{1, 2, 3, 4, 5}};

    assertThat(HierarchicalBootstrap.clustering(oneFork)).isEqualTo(Clustering.ITERATIONS);
    Interval interval = bootstrap.median(oneFork);
    assertThat(interval.median()).isEqualTo(3);
    assertThat(interval.low()).isBetween(1.0, 2.5);
    assertThat(interval.high()).isBetween(3.5, 5.0);
    assertThat(HierarchicalBootstrap.clustering(new double[2][1])).isEqualTo(Clustering.FORKS);
  }

  @Test
  void oneValueHasNoWidth() {
    double[][] one = {{42}};

    assertThat(HierarchicalBootstrap.clustering(one)).isEqualTo(Clustering.NONE);
    assertThat(bootstrap.median(one)).isEqualTo(new Interval(42, 42, 42));
  }

  @Test
  void aRatioOfMediansContainsTheTrueRatio() {
    Random random = new Random(4);
    double[][] sixes = scaled(forks(random, 5, 5, 0.02, 0.02), 6);
    double[][] threes = scaled(forks(random, 5, 5, 0.02, 0.02), 3);

    Interval ratio = bootstrap.ratioOfMedians(sixes, threes);

    assertThat(ratio.median()).isCloseTo(2, within(0.1));
    assertThat(ratio.low()).isBetween(1.8, 2.0);
    assertThat(ratio.high()).isBetween(2.0, 2.2);
  }

  @Test
  void refusesWhatHasNoMedian() {
    assertThatThrownBy(() -> bootstrap.median(new double[0][]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bootstrap");
    assertThatThrownBy(() -> bootstrap.median(new double[][] {{1}, {}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bootstrap");
    assertThatThrownBy(() -> bootstrap.median(new double[][] {{1, Double.NaN}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN");
    double[][] sound = {{1}};
    double[][] infinite = {{Double.POSITIVE_INFINITY}, {1}};
    assertThatThrownBy(() -> bootstrap.ratioOfMedians(infinite, sound))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bootstrap");
    assertThatThrownBy(() -> bootstrap.ratioOfMedians(sound, infinite))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bootstrap");
    assertThatThrownBy(() -> new HierarchicalBootstrap(10, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10");
  }

  private static double[][] scaled(double[][] forks, double factor) {
    return Arrays.stream(forks)
        .map(fork -> Arrays.stream(fork).map(value -> factor * value).toArray())
        .toArray(double[][]::new);
  }

  private static double width(Interval interval) {
    return interval.high() - interval.low();
  }

  private static double[][] forks(
      Random random, int forks, int iterations, double forkSigma, double iterationSigma) {
    double[][] values = new double[forks][iterations];
    for (double[] fork : values) {
      double ofFork = 1 + forkSigma * random.nextGaussian();
      for (int i = 0; i < iterations; i++) {
        fork[i] = ofFork + iterationSigma * random.nextGaussian();
      }
    }
    return values;
  }
}
