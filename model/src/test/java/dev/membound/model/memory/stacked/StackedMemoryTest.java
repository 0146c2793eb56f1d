package dev.membound.model.memory.stacked;

import static dev.membound.model.TestQuantities.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.membound.model.device.MemoryCatalogue;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.hbm.HbmMemory;
import dev.membound.model.quantity.Draw;
import org.junit.jupiter.api.Test;

class StackedMemoryTest {
  private static final Draw BEST = Draw.best();
  private static final AccessPattern STREAM = AccessPattern.streamRead();

  /** One HBM4-6400 stack without overheads: 1638.4 GB/s, 3.05 pJ/bit. */
  private static StackedMemory stacked(double factor, double divisor, double wattsPerMm2) {
    HbmMemory hbm = (HbmMemory) MemoryCatalogue.find("hbm4-6400").tier().model().ideal();
    return new StackedMemory(
        hbm,
        exact(factor),
        exact(divisor),
        new ThermalCap(exact(wattsPerMm2 * 1e6), exact(100e-6)),
        exact(48e9));
  }

  @Test
  void theBaseDieHasTheBandwidthOfHbmForLessEnergy() {
    StackedMemory base = stacked(1, 2.5, 1);

    assertThat(base.near().bytesPerSecond(STREAM, BEST))
        .isEqualTo(base.bytesPerSecond(STREAM, BEST))
        .isCloseTo(1638.4e9, within(1e-2));
    assertThat(base.near().joulesPerByte(STREAM, BEST))
        .isCloseTo(8 * 3.05e-12 / 2.5, withinPercentage(1e-9));
    assertThat(base.joulesPerByte(STREAM, BEST)).isCloseTo(8 * 3.05e-12, withinPercentage(1e-9));
  }

  @Test
  void aCustomInterfaceMultipliesTheBandwidthForItsOwnLogicOnly() {
    StackedMemory custom = stacked(4, 3, 1);

    assertThat(custom.near().bytesPerSecond(STREAM, BEST)).isCloseTo(6553.6e9, within(1e-2));
    assertThat(custom.bytesPerSecond(STREAM, BEST)).isCloseTo(1638.4e9, within(1e-2));
  }

  @Test
  void heatBoundsTheBandwidthToo() {
    // 0.1 W/mm² · 100 mm² = 10 W at 8 · 3.05 / 3 pJ a byte.
    assertThat(stacked(4, 3, 0.1).near().bytesPerSecond(STREAM, BEST))
        .isCloseTo(10 / (8 * 3.05e-12 / 3), withinPercentage(1e-9));
  }

  @Test
  void heatLeavesAtThePowerOfTheCap() {
    // 0.5 W/mm² · 100 mm² = 50 W.
    assertThat(stacked(1, 2.5, 0.5).thermalCap().seconds(25, BEST))
        .isCloseTo(0.5, withinPercentage(1e-9));
  }

  @Test
  void itsLimitKnowsNoHeat() {
    assertThat(stacked(4, 3, 0.1).ideal().near().bytesPerSecond(STREAM, BEST))
        .isCloseTo(6553.6e9, withinPercentage(1e-9));
  }

  @Test
  void anExchangeGoesOverTheHostsInterface() {
    assertThat(stacked(4, 3, 1).exchangeSeconds(1000, 638, 1 << 20, BEST))
        .isCloseTo(1638 / 1638.4e9, withinPercentage(1e-9));
  }
}
