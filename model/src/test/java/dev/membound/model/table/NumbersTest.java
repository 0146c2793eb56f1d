package dev.membound.model.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 0",
        "41.249 | 41.2",
        "41.0 | 41.0",
        "0.012345 | 0.0123",
        "12345 | 12,300",
        "-3.14159 | -3.14",
        "999.6 | 1,000",
        "1.23456e-7 | 1.23e-07",
        "2.5e11 | 2.50e+11"
      })
  void threeDigitsAreSignificant(double value, String shown) {
    assertThat(Numbers.significant(value)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({"512, 512 B", "65536, 64 KiB", "17071734784, 15.9 GiB", "80000000000, 74.5 GiB"})
  void bytesHaveBinaryPrefixes(double bytes, String shown) {
    assertThat(Numbers.bytes(bytes).replace('\u00a0', ' ')).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({"96e-9, 96.0 ns", "4.2e-6, 4.20 µs", "0.0123, 12.3 ms", "2.5, 2.50 s", "0, 0 s"})
  void secondsHaveSiPrefixes(double seconds, String shown) {
    assertThat(Numbers.seconds(seconds).replace('\u00a0', ' ')).isEqualTo(shown);
  }

  @Test
  void percentagesKeepAboutTwoDigits() {
    assertThat(Numbers.percent(0.873)).isEqualTo("87\u00a0%");
    assertThat(Numbers.percent(0.0123)).isEqualTo("1.2\u00a0%");
    assertThat(Numbers.signedPercent(0.26)).isEqualTo("+26\u00a0%");
  }
}
