package dev.membound.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarmUpWindowTest {
  private static final long MILLIS = 1_000_000;

  @ParameterizedTest
  @CsvSource({
    "20, 100, 0, 0, true",
    "20, 95, 19, 20480, true",
    "20, 50, 0, 0, false", // the caller had half a core, and the compilers maybe none
    "20, 100, 20, 0, false",
    "20, 100, 0, 20481, false",
    "1, 100, 0, 98304, false"
  })
  void isQuietOnlyWhenNothingIsLeftToCompile(
      long calls, long callerMillis, long compilerMillis, long bytes, boolean quiet) {
    WarmUpWindow window =
        new WarmUpWindow(calls, callerMillis * MILLIS, compilerMillis * MILLIS, bytes);

    assertThat(window.quiet(false)).isEqualTo(quiet);
  }

  @ParameterizedTest
  @CsvSource({"100, 0, true", "50, 0, false", "100, 20, false"})
  void allocationOfOthersIsTheirOwn(long callerMillis, long compilerMillis, boolean quiet) {
    WarmUpWindow window =
        new WarmUpWindow(1, callerMillis * MILLIS, compilerMillis * MILLIS, 1 << 20);

    assertThat(window.quiet(true)).isEqualTo(quiet);
  }
}
