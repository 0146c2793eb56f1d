package dev.membound.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundBudgetTest {
  private static final RoundBudget BUDGET = new RoundBudget(Duration.ofSeconds(100));

  @Test
  void theFirstRoundAlwaysCompletesAndTheSecondMayExceedTheBudgetByAThird() {
    assertThat(BUDGET.mayStart(0, Duration.ofHours(1))).isTrue();
    assertThat(BUDGET.mayStart(1, Duration.ofSeconds(130))).isTrue();
    assertThat(BUDGET.mayStart(1, Duration.ofSeconds(131))).isFalse();
    assertThat(BUDGET.mayStart(2, Duration.ofSeconds(100))).isTrue();
    assertThat(BUDGET.mayStart(2, Duration.ofSeconds(101))).isFalse();
  }

  @Test
  void whatRemainsCountsOnlyForksThatMayStart() {
    Duration spent = Duration.ofSeconds(90); // 9 forks of 10 s
    assertThat(BUDGET.remaining(spent, 9, List.of(0, 0))).isEqualTo(Duration.ofSeconds(20));
    // The second round ends with the fork that starts at 130 s, the third is not reached.
    assertThat(BUDGET.remaining(spent, 9, List.of(0, 1, 1, 1, 1, 1, 1, 2)))
        .isEqualTo(Duration.ofSeconds(50));
    assertThat(BUDGET.remaining(spent, 9, List.of(2, 2, 2))).isEqualTo(Duration.ofSeconds(20));
    assertThat(BUDGET.remaining(spent, 9, List.of())).isZero();
  }
}
