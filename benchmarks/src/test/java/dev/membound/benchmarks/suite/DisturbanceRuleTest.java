package dev.membound.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisturbanceRuleTest {
  @ParameterizedTest
  @CsvSource({
    "1.00, 0.00, 0.000, false",
    "0.98, 0.02, 0.002, false",
    "0.97, 0.00, 0.000, true",
    "1.00, 0.03, 0.000, true",
    "1.00, 0.00, 0.003, true"
  })
  void flagsLostCoreTimeStealAndCompilation(
      double cpuOverWall, double steal, double jitSeconds, boolean disturbed) {
    assertThat(DisturbanceRule.disturbed(cpuOverWall, steal, jitSeconds, 0.1)).isEqualTo(disturbed);
  }
}
