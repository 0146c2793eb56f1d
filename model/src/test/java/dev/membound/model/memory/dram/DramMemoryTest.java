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
    return new DramMemory(exact(40e9), exact(4), exact(8), exact(32), exact(1024), DramTiming.of(exact(rowCycle), exact(refresh), exact(3900e-9)), exact(latency), exact(20e-12));
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
}
