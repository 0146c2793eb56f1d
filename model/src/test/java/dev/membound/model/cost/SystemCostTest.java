package dev.membound.model.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import org.junit.jupiter.api.Test;

class SystemCostTest {
  private static final double YEAR = 31_557_600;

  private final SystemCost cost =
      SystemCost.of(
          HardwareSystem.of(DeviceCatalogue.find("h100-sxm"), 2),
          Economics.standard(),
          Draw.best());

  @Test
  void anIdlePartOfNoTimeCostsNothing() {
    assertThat(cost.dollars(0, 0).parts().values()).containsOnly(0.0);
    assertThat(cost.carbon(0, 0).parts().values()).containsOnly(0.0);
  }

  @Test
  void twoSpansCostWhatTheyCostTogether() {
    Breakdown dollars = cost.dollars(3, 700).plus(cost.dollars(5, 100));
    assertThat(dollars.total()).isCloseTo(cost.dollars(8, 800).total(), within(1e-12));
    Breakdown carbon = cost.carbon(3, 700).plus(cost.carbon(5, 100));
    assertThat(carbon.total()).isCloseTo(cost.carbon(8, 800).total(), within(1e-12));
  }

  @Test
  void twoDevicesCostTwiceWhatOneDoes() {
    SystemCost one =
        SystemCost.of(
            HardwareSystem.of(DeviceCatalogue.find("h100-sxm"), 1),
            Economics.standard(),
            Draw.best());
    one.dollars(60, 4e4)
        .parts()
        .forEach(
            (part, usd) ->
                assertThat(cost.dollars(60, 8e4).parts().get(part))
                    .as(part)
                    .isCloseTo(2 * usd, within(1e-12)));
    one.carbon(60, 4e4)
        .parts()
        .forEach(
            (part, kg) ->
                assertThat(cost.carbon(60, 8e4).parts().get(part))
                    .as(part)
                    .isCloseTo(2 * kg, within(1e-12)));
  }

  @Test
  void modulesForTheKvCacheCostWhatTheyCostAlone() {
    HardwareSystem devices = HardwareSystem.of(DeviceCatalogue.find("h100-sxm"), 2);
    HardwareSystem modules = HardwareSystem.of(DeviceCatalogue.find("cxl-pnm"), 3);
    SystemCost together = cost(devices.withKvModules(modules.device(), 3));
    SystemCost apart = cost(modules);

    assertAddsUp(together.dollars(60, 0), cost.dollars(60, 0), apart.dollars(60, 0));
    assertAddsUp(together.carbon(60, 0), cost.carbon(60, 0), apart.carbon(60, 0));
    assertThat(together.capitalUsd())
        .isCloseTo(cost.capitalUsd() + apart.capitalUsd(), within(1e-6));
  }

  private static SystemCost cost(HardwareSystem system) {
    return SystemCost.of(system, Economics.standard(), Draw.best());
  }

  private static void assertAddsUp(Breakdown sum, Breakdown one, Breakdown other) {
    assertThat(sum.parts()).isNotEmpty();
    sum.parts()
        .forEach(
            (part, value) ->
                assertThat(value)
                    .as(part)
                    .isCloseTo(one.parts().get(part) + other.parts().get(part), within(1e-9)));
  }

  @Test
  void aLifetimePaysForTheCapitalOnce() {
    Breakdown dollars = cost.dollars(4 * YEAR, 0);
    assertThat(dollars.parts().get("devices")).isCloseTo(2 * 33600, within(1e-6));
    assertThat(dollars.parts().get("devices") + dollars.parts().get("servers and network"))
        .isCloseTo(cost.capitalUsd(), within(1e-6));
    assertThat(cost.carbon(4 * YEAR, 0).parts().get("embodied, devices"))
        .isCloseTo(2 * 164, within(1e-9));
  }

  @Test
  void hostingIsPaidByTheRatedPowerOfDevicesAndServers() {
    // Two of 700 W, 0.3 of it for the servers, 130 USD a kW and month.
    assertThat(cost.dollars(YEAR / 12, 0).parts().get("hosting"))
        .isCloseTo(2 * 0.7 * 1.3 * 130, within(1e-9));
  }

  @Test
  void aKilowattHourCostsItsPriceAndItsGridTimesPue() {
    assertThat(cost.dollars(0, 3.6e6).total()).isCloseTo(1.14 * 0.08, within(1e-12));
    assertThat(cost.carbon(0, 3.6e6).total()).isCloseTo(1.14 * 0.369, within(1e-12));
  }
}
