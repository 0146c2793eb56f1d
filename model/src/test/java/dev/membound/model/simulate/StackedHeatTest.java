package dev.membound.model.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.quantity.Draw;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.Operator;
import dev.membound.model.workload.Sharding;
import org.junit.jupiter.api.Test;

/** Logic in a stack waits until the heat of its bytes and FLOPs is given off. */
class StackedHeatTest {
  private static final Formats F16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);

  private static DeviceProfile capped(double wattsPerSquareMillimetre) {
    return DeviceCatalogue.parse(
        "capped.yaml",
        """
        name: capped
        extends: h100-custom-3d
        memory:
          power_density_W_per_mm2: {value: %s, assumed: "test"}
        """
            .formatted(wattsPerSquareMillimetre));
  }

  private static OperatorTime time(DeviceProfile device, Operator operator) {
    return new Station(device, device.engines().getLast(), false).time(operator, 1, Draw.best());
  }

  private static Operator contraction(int batch) {
    return new DecodeWorkload(batch, 3000, F16, new KvSelection.Dense())
        .operators(LlmCatalogue.find("llama-3.1-70b"), Sharding.NONE).stream()
            .filter(o -> o.name().equals("feed-forward-contract"))
            .findFirst()
            .orElseThrow();
  }

  @Test
  void aTightCapTakesTheJoulesOverItsWatts() {
    // 0.001 W/mm² · 605 mm²; 3.05/3 pJ a bit and 0.7 pJ a FLOP.
    Operator operator = contraction(16);
    double joules =
        operator.cost().streamedReadBytes() * 8 * 3.05e-12 / 3 + operator.cost().flops() * 0.7e-12;
    OperatorTime time = time(capped(0.001), operator);

    assertThat(time.totalSeconds() - time.startupSeconds())
        .isCloseTo(joules / 0.605, withinPercentage(1e-9));
    assertThat(time.totalSeconds())
        .isLessThanOrEqualTo(time.startupSeconds() + time.memorySeconds() + time.computeSeconds());
  }

  @Test
  void withoutACapOnlyBytesAndArithmeticTakeTime() {
    Operator operator = contraction(1);
    OperatorTime time = time(capped(1e6), operator);

    assertThat(time.totalSeconds() - time.startupSeconds())
        .isCloseTo(
            OverlapLaw.seconds(time.memorySeconds(), time.computeSeconds(), 4),
            withinPercentage(1e-9));
  }
}
