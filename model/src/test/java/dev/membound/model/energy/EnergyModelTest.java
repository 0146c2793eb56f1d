package dev.membound.model.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.energy.Component.Kind;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.simulate.Estimate;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.Operator;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnergyModelTest {
  private static final LlmArchitecture MODEL = LlmCatalogue.find("llama-3.1-8b");
  private static final DecodeWorkload STEP =
      new DecodeWorkload(
          8,
          4096,
          new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16),
          new KvSelection.Dense());

  /** A system with the account of one step. */
  private record Step(EnergyModel energy, double[] account) {
    static Step of(HardwareSystem system) {
      EnergyModel energy = EnergyModel.of(system, EnergyFacts.standard(), Draw.best());
      EngineSites sites =
          EngineSites.of(system, new Simulator(1, 1).estimate(system, MODEL, STEP).operators());
      PhaseEnergy phase = energy.phase(STEP.shapes(MODEL, system.sharding()), sites);
      double[] account = energy.newAccount();
      phase.add(STEP.size(system.sharding()), 1, account);
      return new Step(energy, account);
    }
  }

  private static HardwareSystem system(String device, int count) {
    return HardwareSystem.of(DeviceCatalogue.find(device), count);
  }

  private static double joules(EnergyBreakdown breakdown, Kind kind) {
    return breakdown.joules().entrySet().stream()
        .filter(e -> e.getKey().kind() == kind)
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  @Test
  void anIdlePartOfNoTimeTakesNothing() {
    EnergyModel energy = Step.of(system("h100-sxm", 2)).energy();
    assertThat(energy.idle(0).joules().values()).containsOnly(0.0);
    assertThat(energy.idle(0).watts()).isZero();
    assertThat(energy.idle(3).totalJoules()).isCloseTo(3 * energy.idleWallWatts(), within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({"h100-sxm, 1", "h100-sxm, 4", "cxl-pnm, 2", "hbm-pim, 1", "h100-hbf, 1"})
  void componentsAddUpAndSoDoSpans(String device, int count) {
    Step step = Step.of(system(device, count));
    EnergyBreakdown work = step.energy().breakdown(step.account(), 0.8, 0.02);
    assertThat(work.totalJoules())
        .isCloseTo(step.energy().wallJoules(step.account(), 0.8, 0.02), within(1e-9));
    EnergyBreakdown both = work.plus(step.energy().idle(0.01));
    assertThat(both.totalJoules())
        .isCloseTo(work.totalJoules() + step.energy().idle(0.01).totalJoules(), within(1e-9));
    assertThat(both.seconds()).isCloseTo(0.03, within(1e-15));
  }

  @Test
  void modulesForTheKvCacheIdleAsTheyDoAlone() {
    HardwareSystem devices = system("h100-sxm", 2);
    HardwareSystem modules = system("cxl-pnm", 3);
    Step step = Step.of(devices.withKvModules(modules.device(), 3));

    double alone = idleWallWatts(devices) + idleWallWatts(modules);
    assertThat(idleWallWatts(modules)).isPositive();
    assertThat(step.energy().idleWallWatts()).isCloseTo(alone, within(1e-9));
    assertThat(step.energy().idle(3).totalJoules()).isCloseTo(3 * alone, within(1e-9));
    assertThat(step.energy().breakdown(step.account(), 0.8, 0.02).totalJoules())
        .isCloseTo(step.energy().wallJoules(step.account(), 0.8, 0.02), within(1e-9));
  }

  private static double idleWallWatts(HardwareSystem system) {
    return EnergyModel.of(system, EnergyFacts.standard(), Draw.best()).idleWallWatts();
  }

  @ParameterizedTest
  @CsvSource({"h100-sxm, 1", "h100-sxm, 4", "cxl-pnm, 2", "hbm-pim, 1", "lpddr-pim, 1"})
  void memoryEnergyIsThatOfTheSimulator(String device, int count) {
    HardwareSystem system = system(device, count);
    Estimate estimate = new Simulator(1, 1).estimate(system, MODEL, STEP);
    Step step = Step.of(system);
    EnergyBreakdown breakdown = step.energy().breakdown(step.account(), 1, 1);
    assertThat(joules(breakdown, Kind.MEMORY))
        .isCloseTo(estimate.memoryJoules(), within(1e-9 * estimate.memoryJoules()));
  }

  @Test
  void arithmeticTakesItsFlopsTimesThePowerAtPeak() {
    HardwareSystem system = system("h100-sxm", 1);
    Step step = Step.of(system);
    double flops =
        STEP.operators(MODEL, system.sharding()).stream()
            .filter(o -> o.compute() == DataFormat.F16)
            .mapToDouble(o -> (double) o.repeats() * o.cost().flops())
            .sum();
    double half = joules(step.energy().breakdown(step.account(), 1, 0), Kind.ARITHMETIC);
    assertThat(half).isCloseTo(flops * 1.6 * 700 / 989e12, within(1e-6 * half));
  }

  @ParameterizedTest
  @CsvSource({
    "h100-sxm, 1.3", // NVLink, beside the package
    "h100-pcie, 4.4", // over a board
    "gaudi3, 17", // Ethernet
  })
  void linksMoveTheirBitsOnce(String device, double picojoulesPerBit) {
    HardwareSystem system = system(device, 4);
    double bytes =
        STEP.operators(MODEL, system.sharding()).stream()
            .mapToDouble(o -> (double) o.repeats() * o.cost().collectiveBytes())
            .sum();
    Step step = Step.of(system);
    double link = joules(step.energy().breakdown(step.account(), 1, 0), Kind.LINK);
    assertThat(bytes).isPositive();
    assertThat(link).isCloseTo(4 * bytes * 8 * picojoulesPerBit * 1e-12, within(1e-9 * link));
    assertThat(
            joules(Step.of(system(device, 1)).energy().breakdown(new double[0], 1, 0), Kind.LINK))
        .isZero();
  }

  @Test
  void aLowerClockSavesOnArithmeticAndNotOnMemory() {
    Step step = Step.of(system("h100-sxm", 1));
    EnergyBreakdown full = step.energy().breakdown(step.account(), 1, 0.01);
    EnergyBreakdown half = step.energy().breakdown(step.account(), 0.5, 0.01);
    assertThat(joules(half, Kind.ARITHMETIC) / joules(full, Kind.ARITHMETIC))
        .isCloseTo(0.75 * 0.75, within(1e-9));
    assertThat(joules(half, Kind.MEMORY)).isEqualTo(joules(full, Kind.MEMORY));
  }

  @Test
  void everyOperatorHasASite() {
    HardwareSystem system = system("h100-sxm", 1).withKvModules(DeviceCatalogue.find("cxl-pnm"), 1);
    EngineSites sites =
        EngineSites.of(system, new Simulator(1, 1).estimate(system, MODEL, STEP).operators());
    for (Operator operator : STEP.operators(MODEL, system.sharding())) {
      assertThat(sites.of(operator.name()).onModule())
          .as(operator.name())
          .isEqualTo(operator.home() == Operator.Home.KV);
    }
  }
}
