package dev.membound.model.memory.pnm;

import static dev.membound.model.TestQuantities.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.AccessPattern.Direction;
import dev.membound.model.memory.dram.DramMemory;
import dev.membound.model.memory.dram.DramTiming;
import dev.membound.model.quantity.Draw;
import org.junit.jupiter.api.Test;

class PnmMemoryTest {
  private static final Draw BEST = Draw.best();
  private static final PnmMemory PNM =
      new PnmMemory(
          new DramMemory(
              exact(1100e9),
              exact(64),
              exact(16),
              exact(32),
              exact(2048),
              DramTiming.of(exact(0), exact(0), exact(3900e-9)),
              exact(100e-9),
              exact(36e-12)),
          exact(64e9),
          exact(300e-9),
          exact(35e-12),
          exact(512e9));

  @Test
  void itsOwnEnginesSeeTheWholeMemoryAndTheHostTheLink() {
    assertThat(PNM.near().bytesPerSecond(AccessPattern.streamRead(), BEST))
        .isCloseTo(1100e9, within(1e-3));
    assertThat(PNM.bytesPerSecond(AccessPattern.streamRead(), BEST)).isEqualTo(64e9);
  }

  @Test
  void theHostNeedsBytesInFlightToHideTheLink() {
    // 4 kB every 400 ns.
    AccessPattern few = new AccessPattern(64, 4000, Direction.READ);

    assertThat(PNM.bytesPerSecond(few, BEST)).isCloseTo(10e9, within(1e-3));
  }

  @Test
  void anExchangeIsARoundTripAndTheBytesButNoScores() {
    assertThat(PNM.exchangeSeconds(32_000, 32_000, 1 << 30, BEST)).isCloseTo(1.6e-6, within(1e-18));
  }

  @Test
  void theLinkAddsItsEnergy() {
    assertThat(PNM.joulesPerByte(AccessPattern.streamRead(), BEST))
        .isCloseTo(71e-12, within(1e-20));
  }
}
