package dev.membound.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.run.Disturbance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisturbanceRuleTest {
  @ParameterizedTest
  @CsvSource({
    "1.00, 0.00, 0.000, 0.00, true, true, 0, ''",
    "0.98, 0.02, 0.005, 0.10, true, true, 0, ''",
    "0.97, 0.00, 0.000, 0.00, true, true, 0, CORE_LOST",
    "1.00, 0.03, 0.000, 0.00, true, true, 0, STEAL",
    "1.00, 0.00, 0.006, 0.00, true, true, 0, JIT",
    "1.00, 0.00, 0.000, 0.11, true, true, 0, CEILING_MOVED",
    "1.00, 0.00, 0.000, 0.00, false, true, 0, CEILING_NOT_COMPILED",
    "1.00, 0.00, 0.000, 0.00, true, false, 0, WARM_UP_CUT",
    "1.00, 0.00, 0.000, 0.00, true, true, 1024, ''",
    "1.00, 0.00, 0.000, 0.00, true, true, 98304, ALLOCATION",
    "0.50, 0.40, 0.000, 0.00, true, true, 98304, CORE_LOST STEAL ALLOCATION"
  })
  void namesEveryReason(
      double cpuOverWall,
      double steal,
      double jitSeconds,
      double drift,
      boolean compiled,
      boolean settled,
      double allocated,
      String reasons) {
    assertThat(
            DisturbanceRule.reasons(
                cpuOverWall, steal, jitSeconds, 0.1, drift, compiled, settled, allocated))
        .extracting(Disturbance::name)
        .containsExactly(reasons.isEmpty() ? new String[0] : reasons.split(" "));
  }
}
