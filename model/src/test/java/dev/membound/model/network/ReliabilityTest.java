package dev.membound.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;

/** Late messages and failing devices. */
class ReliabilityTest {

  @Test
  void aStepWaitsForItsLatestMessageOrTheTimeout() {
    Stragglers waiting = new Stragglers(0.1, 1e-3, Double.POSITIVE_INFINITY);
    Stragglers impatient = new Stragglers(0.1, 1e-3, 0.2e-3);

    // 1 − 0.9² = 0.19.
    assertThat(waiting.expectedDelaySeconds(2)).isCloseTo(0.19e-3, within(1e-15));
    assertThat(waiting.staleShare()).isZero();
    assertThat(impatient.expectedDelaySeconds(2)).isCloseTo(0.038e-3, within(1e-15));
    assertThat(impatient.staleShare()).isEqualTo(0.1);
  }

  @Test
  void aFailureWithASpareCostsTheSwitchAndWithoutTheMigration() {
    // 100 devices, one failure in 1e6 s each: 1e-4 a second; a replacement takes 1e3 s: mean 0.1.
    LocalSpares none = new LocalSpares(0, 1e6, 1e3, 10, 600);
    LocalSpares one = new LocalSpares(1, 1e6, 1e3, 10, 600);

    assertThat(none.exhaustedProbability(100)).isEqualTo(1);
    assertThat(none.availability(100)).isCloseTo(1 / 1.06, withinPercentage(1e-9));
    double exhausted = 1 - Math.exp(-0.1);
    assertThat(one.exhaustedProbability(100)).isCloseTo(exhausted, within(1e-12));
    assertThat(one.availability(100))
        .isCloseTo(
            1 / (1 + 1e-4 * (10 * (1 - exhausted) + 600 * exhausted)), withinPercentage(1e-9));
  }

  @Test
  void moreSparesNeverHurt() {
    double last = 0;
    for (int spares = 0; spares < 6; spares++) {
      double availability = new LocalSpares(spares, 1e6, 1e5, 10, 600).availability(50);
      assertThat(availability).isGreaterThanOrEqualTo(last);
      last = availability;
    }
  }
}
