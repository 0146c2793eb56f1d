package dev.membound.model.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantilesTest {
  private static final double[] SHUFFLED = {40, 10, 100, 20};

  @ParameterizedTest
  @CsvSource({"0, 10", "0.25, 17.5", "0.5, 30", "0.9, 82", "1, 100"})
  void interpolatesBetweenTheNearestTwoOfValuesInAnyOrder(double probability, double quantile) {
    assertThat(Quantiles.of(SHUFFLED, probability)).isCloseTo(quantile, within(1e-12));
    assertThat(SHUFFLED).containsExactly(40, 10, 100, 20);
  }

  @Test
  void theMedianOfAnOddNumberIsTheValueInTheMiddle() {
    assertThat(Quantiles.median(new double[] {3, 1, 2})).isEqualTo(2);
    assertThat(Quantiles.median(new double[] {3})).isEqualTo(3);
  }

  @Test
  void robustSigmaIsTheStandardDeviationOfNormalResidualsAndIgnoresOutliers() {
    Random random = new Random(5);
    double[] residuals = random.doubles(20_000).map(u -> 3 * random.nextGaussian()).toArray();
    assertThat(Quantiles.robustSigma(residuals)).isCloseTo(3, within(0.1));

    residuals[0] = -1e9;
    assertThat(Quantiles.robustSigma(residuals)).isCloseTo(3, within(0.1));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN})
  void refusesWhatIsNoProbability(double probability) {
    assertThatThrownBy(() -> Quantiles.of(SHUFFLED, probability))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(String.valueOf(probability));
  }

  @Test
  void refusesNoValues() {
    assertThatThrownBy(() -> Quantiles.median(new double[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 values");
  }
}
