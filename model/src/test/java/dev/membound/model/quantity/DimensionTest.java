package dev.membound.model.quantity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DimensionTest {

  @ParameterizedTest
  @CsvSource({
    "GBps, BANDWIDTH, 1e9",
    "GiBps, BANDWIDTH, 1073741824",
    "Gbps, BANDWIDTH, 1.25e8",
    "TBps, BANDWIDTH, 1e12",
    "KB, CAPACITY, 1000",
    "KiB, CAPACITY, 1024",
    "GB, CAPACITY, 1e9",
    "GiB, CAPACITY, 1073741824",
    "TiB, CAPACITY, 1099511627776",
    "ns, TIME, 1e-9",
    "us, TIME, 1e-6",
    "TFLOPS, COMPUTE, 1e12",
    "PFLOPS, COMPUTE, 1e15",
    "pJ_per_bit, ENERGY_PER_BYTE, 8e-12",
    "pJ_per_B, ENERGY_PER_BYTE, 1e-12",
    "W, POWER, 1"
  })
  void everySuffixIsWhatItSays(String suffix, Dimension dimension, double factor) {
    assertThat(Dimension.ofSuffix(suffix)).contains(dimension);
    assertThat(dimension.factors().get(suffix)).isEqualTo(factor);
  }

  @ParameterizedTest
  @CsvSource({"gbps", "Hertz", "''"})
  void whatIsNoUnitBelongsToNoDimension(String suffix) {
    assertThat(Dimension.ofSuffix(suffix)).isEmpty();
  }
}
