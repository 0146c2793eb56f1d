package dev.membound.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisturbanceRuleTest {
  @ParameterizedTest
  @CsvSource({
    "1.00, 0.00, 0.000, 0.00, 0, false",
    "0.98, 0.02, 0.005, 0.10, 0, false",
    "0.97, 0.00, 0.000, 0.00, 0, true",
    "1.00, 0.03, 0.000, 0.00, 0, true",
    "1.00, 0.00, 0.006, 0.00, 0, true",
    "1.00, 0.00, 0.000, 0.11, 0, true",
    "1.00, 0.00, 0.000, 0.00, 1024, false",
    "1.00, 0.00, 0.000, 0.00, 98304, true"
  })
  void flagsLostCoreTimeStealCompilationDriftAndAllocation(
      double cpuOverWall,
      double steal,
      double jitSeconds,
      double drift,
      double allocated,
      boolean disturbed) {
    assertThat(DisturbanceRule.disturbed(cpuOverWall, steal, jitSeconds, 0.1, drift, allocated))
        .isEqualTo(disturbed);
  }
}
