package dev.membound.model.memory.pim;

import static dev.membound.model.TestQuantities.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.AccessPattern.Direction;
import dev.membound.model.memory.dram.DramMemory;
import dev.membound.model.memory.dram.DramTiming;
import dev.membound.model.quantity.Draw;
import org.junit.jupiter.api.Test;

class PimMemoryTest {
  private static final Draw BEST = Draw.best();

  /** 2 channels of 5 GB/s, 32 units of 32 B every 4 ns, rows of 1 KiB that cost 32 ns to open. */
  private static PimMemory pim(double openClose, double refresh) {
    DramMemory host =
        new DramMemory(exact(10e9), exact(2), exact(16), exact(32), exact(1024), DramTiming.of(exact(0), exact(refresh), exact(4000e-9)), exact(0), exact(30e-12));
    return new PimMemory(
        host,
        PimUnits.of(exact(32), exact(32), exact(4e-9), exact(openClose)),
        exact(1L << 30),
        exact(4.4e-12),
        exact(Double.MAX_VALUE));
  }

  @Test
  void allBanksTogetherReadTheirOpenRows() {
    // 32 columns of 4 ns and 32 ns to open: 1024 B in 160 ns, 6.4 GB/s a unit.
    assertThat(pim(32e-9, 0).near().bytesPerSecond(AccessPattern.streamRead(), BEST))
        .isCloseTo(32 * 6.4e9, within(1e-3));
  }

  @Test
  void allBankRefreshStopsEveryUnit() {
    assertThat(pim(32e-9, 400e-9).near().bytesPerSecond(AccessPattern.streamRead(), BEST))
        .isCloseTo(0.9 * 32 * 6.4e9, within(1e-3));
  }

  @Test
  void shortChunksOpenARowForLess() {
    // 8 columns of 4 ns and 32 ns to open: 256 B in 64 ns.
    AccessPattern chunk = new AccessPattern(256, Double.MAX_VALUE, Direction.READ);

    assertThat(pim(32e-9, 0).near().bytesPerSecond(chunk, BEST)).isCloseTo(32 * 4e9, within(1e-3));
  }

  @Test
  void withoutOverheadsItIsUnitsTimesColumnRateExactly() {
    assertThat(pim(32e-9, 400e-9).ideal().near().bytesPerSecond(AccessPattern.streamRead(), BEST))
        .isCloseTo(32 * 8e9, within(1e-3));
  }

  @Test
  void theHostSeesItsBusOnly() {
    assertThat(pim(0, 0).bytesPerSecond(AccessPattern.streamRead(), BEST)).isEqualTo(10e9);
  }

  @Test
  void inputsGoToEveryChannelOutputsComeOnceScoresGoBothWays() {
    // (2 · 1000 + 3000 + 2 · 2500) B over 10 GB/s.
    assertThat(pim(0, 0).exchangeSeconds(1000, 3000, 2500, BEST)).isCloseTo(1e-6, within(1e-18));
  }

  @Test
  void aShardIsTheUnitsPartOfTheCapacity() {
    assertThat(pim(0, 0).shardBytes(BEST)).isEqualTo(0x1p25);
  }
}
