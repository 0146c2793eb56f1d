package dev.membound.model.memory.pim;

import static dev.membound.model.TestQuantities.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

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
        new DramMemory(
            exact(10e9),
            exact(2),
            exact(16),
            exact(32),
            exact(1024),
            DramTiming.of(exact(0), exact(refresh), exact(4000e-9)),
            exact(0),
            exact(30e-12));
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

  private static PimMemory pim(PimUnits units, double fourActivates, double capWatts) {
    DramTiming timing =
        new DramTiming(
            exact(0),
            exact(14e-9),
            exact(14e-9),
            exact(4e-9),
            exact(fourActivates),
            exact(0),
            exact(1),
            exact(0),
            exact(4000e-9));
    DramMemory host =
        new DramMemory(
            exact(8e9), exact(1), exact(1), exact(32), exact(1024), timing, exact(0), exact(0));
    return new PimMemory(host, units, exact(1L << 30), exact(4.4e-12), exact(capWatts));
  }

  private static double nearStream(PimMemory pim) {
    return pim.near().bytesPerSecond(AccessPattern.streamRead(), BEST);
  }

  @Test
  void withOneBankItIsItsOwnDram() {
    PimMemory one =
        pim(PimUnits.of(exact(1), exact(32), exact(4e-9), exact(28e-9)), 0, Double.MAX_VALUE);

    for (long chunk : new long[] {32, 64, 1024, Long.MAX_VALUE}) {
      AccessPattern pattern = new AccessPattern(chunk, Double.POSITIVE_INFINITY, Direction.READ);
      assertThat(one.near().bytesPerSecond(pattern, BEST))
          .isCloseTo(one.bytesPerSecond(pattern, BEST), withinPercentage(1e-9));
    }
  }

  @Test
  void thePowerCapBoundsTheBandwidth() {
    PimUnits units = PimUnits.of(exact(16), exact(32), exact(4e-9), exact(28e-9));

    // 0.22 W at 4.4 pJ/B; without the cap 16 units read 1024 B in 156 ns each.
    assertThat(nearStream(pim(units, 0, 0.22))).isCloseTo(50e9, within(1e-3));
    assertThat(nearStream(pim(units, 0, 1))).isCloseTo(16 * 1024 / 156e-9, within(1.0));
  }

  @Test
  void theSlowestOfColumnCommandAndMultiplicationPacesTheUnits() {
    // 32 columns of 5, then 6 ns, and 28 ns to open.
    PimUnits commands =
        new PimUnits(exact(16), exact(32), exact(4e-9), exact(5e-9), exact(0), exact(28e-9));
    PimUnits multiplications =
        new PimUnits(exact(16), exact(32), exact(4e-9), exact(5e-9), exact(6e-9), exact(28e-9));

    assertThat(nearStream(pim(commands, 0, Double.MAX_VALUE)))
        .isCloseTo(16 * 1024 / 188e-9, within(1.0));
    assertThat(nearStream(pim(multiplications, 0, Double.MAX_VALUE)))
        .isCloseTo(16 * 1024 / 220e-9, within(1.0));
  }

  @Test
  void rowsOpenFourAtATimeInAWindow() {
    PimUnits units = PimUnits.of(exact(16), exact(32), exact(4e-9), exact(28e-9));

    // Sixteen rows take three more windows of 30 ns.
    assertThat(nearStream(pim(units, 30e-9, Double.MAX_VALUE)))
        .isCloseTo(16 * 1024 / 246e-9, within(1.0));
  }
}
