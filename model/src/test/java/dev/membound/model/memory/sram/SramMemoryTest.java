package dev.membound.model.memory.sram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.AccessPattern.Direction;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import org.junit.jupiter.api.Test;

class SramMemoryTest {
  /** 1 TB/s in granules of 64 B, 100 ns, 2 pJ a byte. */
  private static final SramMemory SRAM =
      new SramMemory(exact(1e12, "B/s"), exact(64, "B"), exact(100e-9, "s"), exact(2e-12, "J/B"));

  private static Quantity exact(double value, String unit) {
    return Quantity.exact(value, unit, Provenance.ASSUMED, "a test");
  }

  private static double bytesPerSecond(long chunkBytes, double bytesInFlight) {
    return SRAM.bytesPerSecond(
        new AccessPattern(chunkBytes, bytesInFlight, Direction.READ), Draw.best());
  }

  @Test
  void chunksBelowAGranuleMoveAllOfIt() {
    AccessPattern quarter = new AccessPattern(16, 1e9, Direction.READ);

    assertThat(bytesPerSecond(16, 1e9)).isCloseTo(0.25e12, within(1.0));
    assertThat(SRAM.joulesPerByte(quarter, Draw.best())).isCloseTo(8e-12, within(1e-20));
    assertThat(SRAM.bytesPerSecond(AccessPattern.streamRead(), Draw.best())).isEqualTo(1e12);
    assertThat(SRAM.joulesPerByte(AccessPattern.streamRead(), Draw.best())).isEqualTo(2e-12);
  }

  @Test
  void fewBytesInFlightAreBoundByTheLatency() {
    // 640 B every 100 ns.
    assertThat(bytesPerSecond(64, 640)).isCloseTo(6.4e9, within(1.0));
    assertThat(SRAM.latencySeconds(Draw.best())).isEqualTo(100e-9);
  }

  @Test
  void theIdealIsThePeakWithoutLatency() {
    assertThat(SRAM.ideal().bytesPerSecond(new AccessPattern(64, 64, Direction.READ), Draw.best()))
        .isEqualTo(1e12);
  }
}
