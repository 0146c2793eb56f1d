package dev.membound.model.network;

import static dev.membound.model.TestQuantities.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.quantity.Draw;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LinkTest {
  private static final Link LINK = new Link("wire", exact(100e9), exact(1e-6));

  private static Network ring(Link link, int devices) {
    Network network = link.network(devices, Draw.best());
    return new Network(
        network.topology(),
        network.bytesPerSecond(),
        network.messageSeconds(),
        network.hopSeconds(),
        false,
        Set.of(CollectiveAlgorithm.RING));
  }

  @Test
  void anAllReduceTakesTwoRoundsOfSlices() {
    // 6 steps of 1 µs and of a quarter of 4 MB at 100 GB/s.
    assertThat(ring(LINK, 4).allReduceSeconds(4_000_000)).isCloseTo(66e-6, within(1e-15));
  }

  @Test
  void oneDeviceHasNothingToReduce() {
    assertThat(ring(LINK, 1).allReduceSeconds(4_000_000)).isZero();
  }

  @Test
  void withoutLatencyItTendsToTwiceTheMessage() {
    assertThat(ring(LINK.ideal(), 1000).allReduceSeconds(1_000_000_000))
        .isCloseTo(2 * 0.01 * 0.999, within(1e-12));
  }
}
