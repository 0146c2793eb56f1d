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
  /** Checkpoints keep scales apart that a block of the kernels has inside. */
  private static final Percentage FIVE_PERCENT = Percentage.withPercentage(5);

  @ParameterizedTest
  @EnumSource
  void theSimulatorKnowsEveryWeightFormat(QuantType type) {
    DataFormat format = measured(type.name());
    if (type.ggufId().isPresent()) {
      assertThat(format.bytes(type.blockElements()))
          .as("bytes of a block of %d: DataFormat beside the codec", type.blockElements())
          .isEqualTo(type.blockBytes());
      assertThat(format.bytes(1)).as("bytes of the smallest block").isEqualTo(type.blockBytes());
    }
    assertThat(format.bytes(4096)).isCloseTo(type.rowBytes(4096), FIVE_PERCENT);
  }

  @ParameterizedTest
  @EnumSource
  void theSimulatorKnowsEveryKvFormat(KvType type) {
    assertThat(measured(type.name()).bytes(128)).isCloseTo(type.headBytes(128), FIVE_PERCENT);
  }

  private static DataFormat measured(String name) {
    return DataFormat.measured(name)
        .orElseThrow(
            () ->
                new AssertionError(
                    "the model's DataFormat needs a constant %s with the block of its codec, or %s"
                        .formatted(name, "another name for it in DataFormat.measured")));
  }
}
