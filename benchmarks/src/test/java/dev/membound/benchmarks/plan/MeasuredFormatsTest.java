package dev.membound.benchmarks.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.workload.DataFormat;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is measured here, the simulator can use. */
class MeasuredFormatsTest {
  @ParameterizedTest
  @EnumSource
  void theSimulatorKnowsEveryWeightFormat(QuantType type) {
    DataFormat format = DataFormat.measured(type.name()).orElseThrow();
    assertThat(format.bytes(4096)).isCloseTo(type.rowBytes(4096), Percentage.withPercentage(5));
  }

  @ParameterizedTest
  @EnumSource
  void theSimulatorKnowsEveryKvFormat(KvType type) {
    DataFormat format = DataFormat.measured(type.name()).orElseThrow();
    assertThat(format.bytes(128)).isCloseTo(type.headBytes(128), Percentage.withPercentage(5));
  }
}
