package dev.membound.model.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.energy.Component;
import dev.membound.model.energy.EnergyBreakdown;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.run.Interval;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.Sharding;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EfficiencyEstimatorTest {
  private static final Formats HALF = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);
  private static final LlmArchitecture MODEL = LlmCatalogue.find("llama-3.1-8b");
  private static final HardwareSystem H100 = HardwareSystem.of(DeviceCatalogue.find("h100-sxm"), 1);

  private static final Set<Component.Kind> DYNAMIC =
      Set.of(Component.Kind.MEMORY, Component.Kind.ARITHMETIC, Component.Kind.ON_CHIP);

  private static Serving decode(int batch) {
    return Serving.of(new DecodeWorkload(batch, 8192, HALF, new KvSelection.Dense()));
  }

  private static Efficiency in(String deployment) {
    return new EfficiencyEstimator(Economics.of(Deployment.find(deployment)))
        .estimate(H100, MODEL, decode(4));
  }

  private static double best(Efficiency efficiency, Metric metric) {
    return efficiency.get(metric).median();
  }

  @Test
  void metricsAreTheSumsOfTheirParts() {
    Efficiency efficiency = in("us");
    assertThat(efficiency.energy().totalJoules() / 4)
        .isCloseTo(best(efficiency, Metric.JOULES_PER_TOKEN), within(1e-12));
    assertThat(1e6 * efficiency.dollars().total() / 4)
        .isCloseTo(best(efficiency, Metric.USD_PER_MILLION_TOKENS), within(1e-9));
    assertThat(1e9 * efficiency.carbon().total() / 4)
        .isCloseTo(best(efficiency, Metric.GRAMS_CO2E_PER_MILLION_TOKENS), within(1e-6));
    assertThat(efficiency.energy().watts())
        .isCloseTo(best(efficiency, Metric.WALL_WATTS), within(1e-9));
  }

  @Test
  void ratiosOfPerformanceAreTheirReciprocals() {
    Efficiency efficiency = in("us");
    assertThat(best(efficiency, Metric.TOKENS_PER_USD))
        .isCloseTo(1e6 / best(efficiency, Metric.USD_PER_MILLION_TOKENS), within(1e-3));
    assertThat(best(efficiency, Metric.TOKENS_PER_KG_CO2E))
        .isCloseTo(1e9 / best(efficiency, Metric.GRAMS_CO2E_PER_MILLION_TOKENS), within(1e-3));
    assertThat(best(efficiency, Metric.TOKENS_PER_JOULE))
        .isCloseTo(1 / best(efficiency, Metric.JOULES_PER_TOKEN), within(1e-12));
  }

  @Test
  void ratesCountSequencesAndDevices() {
    HardwareSystem two = HardwareSystem.of(DeviceCatalogue.find("h100-sxm"), 2);
    Efficiency efficiency =
        new EfficiencyEstimator(Economics.standard(), 1, 1).estimate(two, MODEL, decode(4));
    double rate = best(efficiency, Metric.TOKENS_PER_SECOND);

    assertThat(rate).isCloseTo(4 / best(efficiency, Metric.STEP_SECONDS), within(1e-6));
    assertThat(best(efficiency, Metric.TOKENS_PER_SECOND_PER_SEQUENCE))
        .isCloseTo(rate / 4, within(1e-6));
    assertThat(best(efficiency, Metric.TOKENS_PER_SECOND_PER_DEVICE))
        .isCloseTo(rate / 2, within(1e-6));
    assertThat(best(efficiency, Metric.DEVICES)).isEqualTo(2);
  }

  @Test
  void idleTimeIsPaidForByTheWork() {
    Efficiency efficiency = in("us");
    double had = best(efficiency, Metric.STEP_SECONDS) / 0.7;
    double lifetimeSeconds = 4 * 31_557_600.0;

    assertThat(efficiency.dollars().parts().get("devices"))
        .isCloseTo(33_600 / lifetimeSeconds * had, withinPercentage(1e-6));
    assertThat(efficiency.carbon().parts().get("embodied, devices"))
        .isCloseTo(164 / lifetimeSeconds * had, withinPercentage(1e-6));
  }

  @Test
  void timesOfPromptsAndStepsErrTogether() {
    Serving longPrompts = Serving.of(decode(4).decode(), 8192, 2);
    Interval seconds =
        new EfficiencyEstimator(Economics.standard(), 1, 50)
            .estimate(H100, MODEL, longPrompts)
            .get(Metric.STEP_SECONDS);

    assertThat(seconds.low()).isBetween(seconds.median() / 2, seconds.median());
    assertThat(seconds.high()).isBetween(seconds.median(), seconds.median() * 2);
  }

  @Test
  void everyUncertainMetricHasAnIntervalAroundIt() {
    in("us")
        .metrics()
        .forEach(
            (metric, interval) -> {
              assertThat(interval.low()).as(metric.key()).isPositive();
              if (metric != Metric.DEVICES) {
                assertThat(interval.high()).as(metric.key()).isGreaterThan(interval.low());
              }
            });
  }

  @Test
  void equalInputsGiveEqualAnswersBitForBit() {
    assertThat(in("us").metrics()).isEqualTo(in("us").metrics());
  }

  @Test
  void aCleanGridLowersCarbonAndNothingElse() {
    Efficiency france = in("france");
    Efficiency india = in("india");
    Metric carbon = Metric.GRAMS_CO2E_PER_MILLION_TOKENS;
    assertThat(best(france, carbon)).isLessThan(best(india, carbon) / 3);
    assertThat(best(france, Metric.USD_PER_MILLION_TOKENS))
        .isEqualTo(best(india, Metric.USD_PER_MILLION_TOKENS));
    assertThat(france.carbon().parts().get("embodied, devices"))
        .isEqualTo(india.carbon().parts().get("embodied, devices"));
  }

  @ParameterizedTest
  @CsvSource({"8, 1", "1, 8", "2, 4"})
  void stagesAndReplicasWithoutSequencesTakeIdlePowerOnly(int stages, int replicas) {
    EfficiencyEstimator estimator = new EfficiencyEstimator(Economics.standard(), 1, 1);
    HardwareSystem shared =
        HardwareSystem.of(
            DeviceCatalogue.find("h100-sxm"), new Sharding(1, stages, 1, replicas, 1, 0));
    for (Serving serving : List.of(decode(1), Serving.of(decode(1).decode(), 100, 100))) {
      EnergyBreakdown whole = estimator.estimate(H100, MODEL, serving).energy();
      EnergyBreakdown parts = estimator.estimate(shared, MODEL, serving).energy();
      whole.joules().entrySet().stream()
          .filter(e -> DYNAMIC.contains(e.getKey().kind()))
          .forEach(
              e ->
                  assertThat(parts.joules().get(e.getKey()))
                      .as(e.getKey().name())
                      .isCloseTo(e.getValue(), withinPercentage(1e-6)));
    }
  }

  @Test
  void anHourOfAnH100CostsLessThanItIsRentedFor() {
    // H100 SXM were rented at 1.99 to 5.00 USD/h, mercatus-ai.com/blog/cloud-gpu-pricing, May 2026.
    Efficiency efficiency = in("us");
    double seconds = best(efficiency, Metric.STEP_SECONDS) / 0.7;
    double usdPerHour = efficiency.dollars().total() / seconds * 3600;
    assertThat(usdPerHour).isBetween(1.2, 3.0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 128})
  void aLowerCapNeverRaisesPowerNorSpeed(int batch) {
    EfficiencyEstimator estimator = new EfficiencyEstimator(Economics.standard(), 1, 1);
    double lastWatts = Double.POSITIVE_INFINITY;
    double lastRate = Double.POSITIVE_INFINITY;
    for (double cap = 900; cap >= 200; cap -= 50) {
      Efficiency efficiency =
          estimator.estimate(H100, MODEL, decode(batch), OptionalDouble.of(cap));
      assertThat(best(efficiency, Metric.DEVICE_WATTS)).isLessThanOrEqualTo(cap * (1 + 1e-12));
      assertThat(best(efficiency, Metric.DEVICE_WATTS)).isLessThanOrEqualTo(lastWatts);
      assertThat(best(efficiency, Metric.TOKENS_PER_SECOND)).isLessThanOrEqualTo(lastRate);
      lastWatts = best(efficiency, Metric.DEVICE_WATTS);
      lastRate = best(efficiency, Metric.TOKENS_PER_SECOND);
    }
  }

  @Test
  void aCapBelowIdlePowerIsRefused() {
    EfficiencyEstimator estimator = new EfficiencyEstimator(Economics.standard());
    assertThatThrownBy(() -> estimator.estimate(H100, MODEL, decode(1), OptionalDouble.of(50)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("50.00 W")
        .hasMessageContaining("idle");
  }

  @Test
  void whereTheTimesLeaveTheirRangeIsNoted() {
    EfficiencyEstimator estimator = new EfficiencyEstimator(Economics.standard(), 1, 1);
    Serving beyond = Serving.of(new DecodeWorkload(1, 200_000, HALF, new KvSelection.Dense()));

    assertThat(estimator.estimate(H100, MODEL, beyond).notes())
        .contains("context of 200001 tokens is beyond the 131072 that llama-3.1-8b was made for");
    assertThat(estimator.estimate(H100, MODEL, decode(1)).notes()).isEmpty();
  }

  @Test
  void aDeviceWithoutBoardPowerIsRefusedWithWhatToDo() {
    EfficiencyEstimator estimator = new EfficiencyEstimator(Economics.standard());
    HardwareSystem aim = HardwareSystem.of(DeviceCatalogue.find("aim"), 1);
    assertThatThrownBy(() -> estimator.estimate(aim, MODEL, decode(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("power_W");
  }

  @Test
  void modulesAndDevicesWithSeveralEnginesHaveEnergyToo() {
    EfficiencyEstimator estimator = new EfficiencyEstimator(Economics.standard(), 1, 20);
    HardwareSystem modules = H100.withKvModules(DeviceCatalogue.find("cxl-pnm"), 2);
    Efficiency withModules = estimator.estimate(modules, MODEL, decode(4));
    assertThat(withModules.energy().joules().keySet())
        .anyMatch(component -> component.onModules() && component.name().equals("memory lpddr5x"));
    HardwareSystem pim = HardwareSystem.of(DeviceCatalogue.find("hbm-pim"), 1);
    Interval energy = estimator.estimate(pim, MODEL, decode(1)).get(Metric.JOULES_PER_TOKEN);
    assertThat(energy.low()).isPositive();
  }
}
