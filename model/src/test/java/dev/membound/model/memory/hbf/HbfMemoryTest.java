package dev.membound.model.memory.hbf;

import static dev.membound.model.TestQuantities.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.AccessPattern.Direction;
import dev.membound.model.memory.hbf.HbfMemory.KvCache;
import dev.membound.model.quantity.Draw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HbfMemoryTest {
  private static final Draw BEST = Draw.best();

  private static HbfMemory hbf(double page, double latency, double buffer, KvCache kvCache) {
    return new HbfMemory(
        exact(512e9),
        exact(page),
        exact(latency),
        exact(1638e9),
        exact(81.9e9),
        exact(buffer),
        exact(100_000),
        exact(48e-12),
        kvCache);
  }

  private static HbfMemory hbf(double latency, double buffer) {
    return hbf(4096, latency, buffer, KvCache.REFUSED);
  }

  @ParameterizedTest
  @CsvSource({
    // Ma and Patterson, Table 3: 1 to 10 µs at 1,638 GB/s are 1.6 to 16.4 MB, 400 to 4,000 pages.
    "1e-6, 1.638e6, 399.90234375",
    "10e-6, 16.38e6, 3999.0234375",
  })
  void theBufferThatHidesTheLatencyIsBandwidthTimesLatency(
      double latency, double bytes, double pages) {
    assertThat(hbf(latency, 1).bufferBytesToHideLatency(BEST)).isCloseTo(bytes, within(1e-6));
    assertThat(hbf(latency, 1).pagesInFlightToHideLatency(BEST)).isCloseTo(pages, within(1e-9));
  }

  @Test
  void aBufferThatIsTooSmallCostsBandwidth() {
    assertThat(hbf(10e-6, 8.19e6).bytesPerSecond(AccessPattern.streamRead(), BEST))
        .isCloseTo(819e9, within(1e-2));
    assertThat(hbf(10e-6, 16.38e6).bytesPerSecond(AccessPattern.streamRead(), BEST))
        .isCloseTo(1638e9, within(1e-2));
  }

  @ParameterizedTest
  @CsvSource({"64, 64", "4096, 1", "4097, 1.99951184", "6144, 1.33333333"})
  void smallReadsFetchWholePages(long chunk, double amplification) {
    AccessPattern reads = new AccessPattern(chunk, Double.POSITIVE_INFINITY, Direction.READ);

    assertThat(hbf(1e-6, 1e9).bytesPerSecond(reads, BEST))
        .isCloseTo(1638e9 / amplification, withinPercentage(1e-6));
    assertThat(hbf(1e-6, 1e9).joulesPerByte(reads, BEST))
        .isCloseTo(48e-12 * amplification, withinPercentage(1e-6));
  }

  @Test
  void readsThatNobodyForeseesWaitForTheirPages() {
    // 1 MB in flight every 10 µs, while a stream is prefetched.
    AccessPattern random = new AccessPattern(4096, 1e6, Direction.READ);

    assertThat(hbf(10e-6, 1e9).bytesPerSecond(random, BEST)).isCloseTo(100e9, within(1e-2));
  }

  @ParameterizedTest
  @CsvSource({"64", "4096", "1000"})
  void withPagesOfTheAccessSizeAndUnlimitedPagesInFlightItIsItsBandwidth(long chunk) {
    HbfMemory hbf = hbf(chunk, 10e-6, Double.MAX_VALUE, KvCache.REFUSED);
    AccessPattern reads = new AccessPattern(chunk, Double.POSITIVE_INFINITY, Direction.READ);

    assertThat(hbf.bytesPerSecond(reads, BEST)).isCloseTo(1638e9, withinPercentage(1e-9));
  }

  @Test
  void writesAreSlower() {
    assertThat(hbf(1e-6, 1e9).bytesPerSecond(AccessPattern.streamWrite(), BEST))
        .isCloseTo(81.9e9, within(1e-2));
    // Half and half: 0.5 / 1638 + 0.5 / 81.9 = 10.5 / 1638.
    assertThat(
            hbf(1e-6, 1e9)
                .bytesPerSecond(
                    new AccessPattern(Long.MAX_VALUE, 0, Double.POSITIVE_INFINITY, 0.5), BEST))
        .isCloseTo(156e9, within(1e-2));
  }

  @Test
  void theLifetimeIsWhatTheCellsEndureOverWhatIsWritten() {
    // FlashAccel, arXiv 2607.10186: 1152 GB · 1,000,000 cycles at 988 MB/s.
    HbfMemory gpu =
        new HbfMemory(
            exact(1152e9),
            exact(4096),
            exact(0),
            exact(4600e9),
            exact(245.8e9),
            exact(1e9),
            exact(1e6),
            exact(0),
            KvCache.REFUSED);

    assertThat(gpu.lifetimeYears(988e6, 4096, BEST))
        .isCloseTo(1152e15 / 988e6 / 31_557_600, withinPercentage(1e-9))
        .isCloseTo(36.9, within(0.1));
    // 1 KiB writes program 4 KiB.
    assertThat(gpu.lifetimeYears(988e6, 1024, BEST))
        .isCloseTo(gpu.lifetimeYears(988e6, 4096, BEST) / 4, withinPercentage(1e-9));
  }

  @Test
  void aKvCacheIsRefusedWithTheReasonUnlessForced() {
    // 5,000 B a token program 8,192; 51.2 PB last 6.25e12 tokens, 198 years at 1000 a second.
    assertThat(hbf(1e-6, 1e9).refusalOfKvCache(5000))
        .hasValueSatisfying(
            reason ->
                assertThat(reason)
                    .contains("5000 B program 8192 B in pages of 4096 B")
                    .contains("wear it out in 198.1 years")
                    .contains("kv_cache: forced"));
    assertThat(hbf(4096, 1e-6, 1e9, KvCache.FORCED).refusalOfKvCache(5000)).isEmpty();
  }
}
