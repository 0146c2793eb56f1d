package dev.membound.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisturbanceRuleTest {
  @ParameterizedTest
  @CsvSource({
    "1.00, 0.00, 0.000, 0.00, false",
    "0.98, 0.02, 0.005, 0.10, false",
    "0.97, 0.00, 0.000, 0.00, true",
    "1.00, 0.03, 0.000, 0.00, true",
    "1.00, 0.00, 0.006, 0.00, true",
    "1.00, 0.00, 0.000, 0.11, true"
  })
  void flagsLostCoreTimeStealCompilationAndDrift(
      double cpuOverWall, double steal, double jitSeconds, double drift, boolean disturbed) {
    assertThat(DisturbanceRule.disturbed(cpuOverWall, steal, jitSeconds, 0.1, drift))
        .isEqualTo(disturbed);
  }
}
