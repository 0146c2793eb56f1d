package dev.membound.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.IterationType;

class StepComparisonTest {
  @Test
  void summaryIsOfMediansAfterWarmUp() {
    StepComparison comparison = new StepComparison("dense", "sparse");
    comparison.startIteration(IterationType.WARMUP);
    comparison.add(1, 1_000_000_000);
    comparison.startIteration(IterationType.WARMUP);
    comparison.add(1, 1_000_000_000);
    for (int i = 1; i <= 3000; i++) {
      if (i % 1000 == 1) {
        comparison.startIteration(IterationType.MEASUREMENT);
      }
      comparison.add(i % 3 == 0 ? 9_000_000 : 8_000_000, 1_000_000);
    }

    assertThat(comparison.summary())
        .isEqualTo(
            "dense 8.000 ms, sparse 1.000 ms: 8.00 times as fast (middle half of 3000 pairs 8.00 to"
                + " 9.00), 12.5 % of the time");
  }

  @Test
  void quantilesLieBetweenPairs() {
    StepComparison comparison = new StepComparison("dense", "sparse");
    comparison.add(1_000_000, 1_000_000);
    comparison.add(2_000_000, 1_000_000);

    assertThat(comparison.summary())
        .isEqualTo(
            "dense 1.500 ms, sparse 1.000 ms: 1.50 times as fast (middle half of 2 pairs 1.25 to"
                + " 1.75), 66.7 % of the time");
  }

  @Test
  void withoutPairsThereIsNothingToSay() {
    assertThat(new StepComparison("dense", "sparse").isEmpty()).isTrue();
    assertThat(new StepComparison("dense", "sparse").summary()).contains("NaN", "0 pairs");
  }
}
