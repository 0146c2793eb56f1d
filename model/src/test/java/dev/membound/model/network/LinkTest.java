package dev.membound.model.network;

import static dev.membound.model.TestQuantities.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.quantity.Draw;
import org.junit.jupiter.api.Test;

class LinkTest {
  private static final Link LINK = new Link("wire", exact(100e9), exact(1e-6));

  @Test
  void anAllReduceTakesTwoRoundsOfSlices() {
    // 6 steps of 1 µs and of a quarter of 4 MB at 100 GB/s.
    assertThat(LINK.allReduceSeconds(4_000_000, 4, Draw.best())).isCloseTo(66e-6, within(1e-15));
  }

  @Test
  void oneDeviceHasNothingToReduce() {
    assertThat(LINK.allReduceSeconds(4_000_000, 1, Draw.best())).isZero();
  }

  @Test
  void withoutLatencyItTendsToTwiceTheMessage() {
    assertThat(LINK.ideal().allReduceSeconds(1_000_000_000, 1000, Draw.best()))
        .isCloseTo(2 * 0.01 * 0.999, within(1e-12));
  }
}
