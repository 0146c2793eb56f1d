package dev.membound.model.memory.dram;

import static dev.membound.model.TestQuantities.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.AccessPattern.Direction;
import dev.membound.model.quantity.Draw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DramMemoryTest {
  /** 4 channels of 10 GB/s, 8 banks, 32 B granules, rows of 1 KiB, tRC 48 ns, refresh 10 %. */
  private static final DramMemory DRAM = dram(48e-9, 390e-9, 100e-9);

  private static DramMemory dram(double rowCycle, double refresh, double latency) {
    return new DramMemory(
        exact(40e9),
        exact(4),
        exact(8),
        exact(32),
        exact(1024),
        DramTiming.of(exact(rowCycle), exact(refresh), exact(3900e-9)),
        exact(latency),
        exact(20e-12));
  }

  private static double bytesPerSecond(DramMemory dram, long chunk, double inFlight) {
    return dram.bytesPerSecond(new AccessPattern(chunk, inFlight, Direction.READ), Draw.best());
  }

  @Test
  void streamingLosesTheRefreshOnly() {
    // A row of 1024 B takes 102.4 ns on the bus; eight banks open one every 6 ns.
    assertThat(bytesPerSecond(DRAM, Long.MAX_VALUE, 1e9)).isCloseTo(36e9, within(1.0));
  }

  @ParameterizedTest
  @CsvSource({
    // chunk, GB/s by hand: 4 · chunk / max(fetched / 10 B/ns, rows · 48 ns / 8) · 0.9
    "32, 19.2", // the bus needs 3.2 ns, the banks 6 ns
    "48, 27.0", // fetches 64 B: the bus needs 6.4 ns
    "64, 36.0",
    "1040, 35.4545454545", // fetches 1056 B: the bus needs 105.6 ns
  })
  void smallChunksPayForGranulesAndRows(long chunk, double gigabytesPerSecond) {
    assertThat(bytesPerSecond(DRAM, chunk, 1e9)).isCloseTo(gigabytesPerSecond * 1e9, within(1e3));
  }

  @Test
  void fewBytesInFlightAreBoundByLittlesLaw() {
    // 1000 B every 100 ns.
    assertThat(bytesPerSecond(DRAM, 4096, 1000)).isCloseTo(10e9, within(1e-3));
  }

  @Test
  void withoutOverheadsItIsThePeakExactly() {
    assertThat(bytesPerSecond(dram(0, 0, 0), Long.MAX_VALUE, 1)).isEqualTo(40e9);
    assertThat(bytesPerSecond(DRAM.ideal(), 4096, 1)).isEqualTo(40e9);
  }

  @Test
  void unusedPartsOfGranulesCostEnergy() {
    AccessPattern half = new AccessPattern(16, 1e9, Direction.READ);

    assertThat(DRAM.joulesPerByte(half, Draw.best())).isCloseTo(40e-12, within(1e-20));
  }

  /** One channel of 10 GB/s, 32 B granules, rows of 1 KiB. */
  private static DramMemory timed(int banks, DramTiming timing) {
    return new DramMemory(
        exact(10e9), exact(1), exact(banks), exact(32), exact(1024), timing, exact(0), exact(0));
  }

  private static DramTiming timing(
      double column, double fourActivates, double turnaround, double turnaroundBytes) {
    return new DramTiming(
        exact(40e-9),
        exact(14e-9),
        exact(14e-9),
        exact(column),
        exact(fourActivates),
        exact(turnaround),
        exact(turnaroundBytes),
        exact(0),
        exact(3900e-9));
  }

  @Test
  void aLoneBankOpensReadsAndClosesItsRows() {
    // 14 + 32 · 4 + 14 = 156 ns for 1024 B.
    assertThat(bytesPerSecond(timed(1, timing(4e-9, 0, 0, 1)), Long.MAX_VALUE, 1e9))
        .isCloseTo(1024 / 156e-9, within(1.0));
    // A single column: tRC of 40 ns is longer than 14 + 4 + 14 ns.
    assertThat(bytesPerSecond(timed(1, timing(4e-9, 0, 0, 1)), 32, 1e9))
        .isCloseTo(32 / 40e-9, within(1e-3));
  }

  @Test
  void aChannelOpensFourRowsAWindow() {
    // Sixteen banks would open a row every 2.5 ns, tFAW allows one every 8 ns.
    assertThat(bytesPerSecond(timed(16, timing(0, 32e-9, 0, 1)), 32, 1e9))
        .isCloseTo(32 / 8e-9, within(1e-3));
  }

  @Test
  void mixingReadsAndWritesTurnsTheBusAround() {
    // A quarter written in batches of 500 B: 2 · 0.25 / 500 turns a byte of 20 ns on 0.1 ns.
    DramMemory dram = timed(16, timing(0, 0, 20e-9, 500));
    AccessPattern mixed = new AccessPattern(Long.MAX_VALUE, 0, 1e9, 0.25);

    assertThat(dram.bytesPerSecond(mixed, Draw.best())).isCloseTo(1 / 0.12e-9, within(1.0));
    assertThat(dram.bytesPerSecond(AccessPattern.streamWrite(), Draw.best())).isEqualTo(10e9);
  }

  @ParameterizedTest
  @CsvSource({
    // chunk, stride, GB/s: one bank, tRC 40 ns, the bus 0.1 ns a byte
    "16, 0, 0.4", // a granule of 32 B and a row each
    "16, 16, 10", // contiguous: two share a granule, 64 a row
    "32, 64, 10", // every other granule: 16 a row of 2.5 ns each, 3.2 ns on the bus
    "32, 512, 1.6", // two a row
    "32, 4096, 0.8", // a row each
  })
  void stridedChunksShareGranulesAndRows(long chunk, long stride, double gigabytesPerSecond) {
    DramMemory dram = timed(1, DramTiming.of(exact(40e-9), exact(0), exact(3900e-9)));
    AccessPattern pattern = new AccessPattern(chunk, stride, 1e9, 0);

    assertThat(dram.bytesPerSecond(pattern, Draw.best()))
        .isCloseTo(gigabytesPerSecond * 1e9, within(1.0));
  }

  @Test
  void rowHitsAreTheAccessesThatOpenNoRow() {
    assertThat(DRAM.rowHitRatio(AccessPattern.streamRead(), Draw.best())).isEqualTo(31 / 32.0);
    assertThat(DRAM.rowHitRatio(new AccessPattern(32, 1, Direction.READ), Draw.best())).isZero();
    assertThat(DRAM.rowHitRatio(new AccessPattern(256, 1, Direction.READ), Draw.best()))
        .isEqualTo(7 / 8.0);
  }

  @Test
  void littlesLawNamesTheBytesInFlight() {
    assertThat(DRAM.bytesInFlightForPeak(Draw.best())).isCloseTo(4000, within(1e-9));
  }
}
