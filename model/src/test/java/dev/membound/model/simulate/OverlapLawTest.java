package dev.membound.model.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverlapLawTest {

  @ParameterizedTest
  @CsvSource({
    "3, 4, 1, 7",
    "3, 4, 2, 5",
    "3, 4, Infinity, 4",
    "0, 4, 1.5, 4",
    "3, 0, 1.5, 3",
    "0, 0, 1, 0",
    "1, 1, 2, 1.4142135623730951",
    "1, 1, 1.7976931348623157E308, 1"
  })
  void knownPoints(double memory, double compute, double exponent, double expected) {
    assertThat(OverlapLaw.seconds(memory, compute, exponent))
        .isCloseTo(expected, within(1e-15 * 8));
  }

  @ParameterizedTest
  @CsvSource({"1e-300, 1e-300, 3", "1e300, 1e300, 50", "1e-320, 1, 1.5", "1e-9, 1e9, 1000"})
  void extremeTimesNeitherVanishNorOverflow(double memory, double compute, double exponent) {
    double seconds = OverlapLaw.seconds(memory, compute, exponent);

    assertThat(seconds).isBetween(Math.max(memory, compute), memory + compute);
  }

  @RepeatedTest(20)
  void timeLiesBetweenMaximumAndSumAndFallsWithTheExponent(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    double m = Math.exp(random.nextDouble(-20, 5));
    double c = Math.exp(random.nextDouble(-20, 5));
    double before = m + c;
    for (double p = 1; p < 100; p *= 1.3) {
      double seconds = OverlapLaw.seconds(m, c, p);
      assertThat(seconds).isBetween(Math.max(m, c), before * (1 + 1e-15));
      assertThat(OverlapLaw.seconds(c, m, p)).isEqualTo(seconds);
      before = seconds;
    }
  }

  @RepeatedTest(20)
  void anyExponentFollowsThePowersThatDefineIt(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    for (int i = 0; i < 200; i++) {
      double ratio = Math.exp(random.nextDouble(-40, 0));
      double p = 1 + Math.exp(random.nextDouble(-6, 5));
      double expected = StrictMath.exp(StrictMath.log1p(StrictMath.pow(ratio, p)) / p);

      assertThat(OverlapLaw.seconds(ratio, 1, p)).isCloseTo(expected, within(1e-15 * 2));
    }
  }

  @Test
  void nonsenseIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> OverlapLaw.seconds(-1, 1, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> OverlapLaw.seconds(1, Double.NaN, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> OverlapLaw.seconds(1, 1, 0.5));
  }
}
