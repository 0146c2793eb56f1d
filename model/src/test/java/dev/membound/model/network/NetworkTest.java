package dev.membound.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.membound.model.workload.Kernel;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NetworkTest {

  /** 100 GB/s, 1 µs a message, 0.1 µs a hop. */
  private static Network network(Topology topology, boolean reduces) {
    return new Network(topology, 100e9, 1e-6, 0.1e-6, reduces);
  }

  private static Network eightOnASwitch(boolean reduces) {
    return network(new Topology.Switch(8), reduces);
  }

  @ParameterizedTest
  @CsvSource({
    // 8 on a switch: any two are two hops apart, 1.2 µs.
    "1000, 1.27e-6", // one shot: 1.2 + 7 · 0.01
    "100000, 4.15e-6", // two shots: 2 · (1.2 + 0.875); doubling 6.6, one shot 8.2
    "100000000, 1752.4e-6", // two shots: 2 · (1.2 + 875)
  })
  void allReduceTakesFewStepsForFewBytesAndFewBytesForMany(double bytes, double seconds) {
    assertThat(eightOnASwitch(false).allReduceSeconds(bytes)).isCloseTo(seconds, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({
    "RING, 1000, 16.8175e-6", // 14 · 1.2 + 0.0175
    "RING, 100000000, 1766.8e-6",
    "TREE, 1000, 3.63e-6", // doubling
    "TREE, 100000, 6.6e-6",
    "TREE, 100000000, 1757.2e-6", // halving: 6 · 1.2 + 1750
    "DIRECT, 1000, 1.27e-6",
  })
  void aLibraryUsesOnlyTheAlgorithmsThatItHas(
      CollectiveAlgorithm algorithm, double bytes, double seconds) {
    Network network =
        new Network(new Topology.Switch(8), 100e9, 1e-6, 0.1e-6, false, Set.of(algorithm));

    assertThat(network.allReduceSeconds(bytes)).isCloseTo(seconds, within(1e-12));
    assertThat(network.seconds(Kernel.ALL_REDUCE, bytes)).isCloseTo(seconds, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({
    // 8 on a switch, any two at 1.2 µs: 7/8 · 10 µs in any number of steps.
    "SWITCH, RING, 17.15e-6", // 7 · 1.2
    "SWITCH, TREE, 12.35e-6", // 3 · 1.2
    "SWITCH, DIRECT, 9.95e-6",
    // A ring, neighbours at 1.1 and the farthest at 1.4 µs; a pair has half the bandwidth.
    "RING, RING, 16.45e-6", // 7 · 1.1 + 8.75
    "RING, TREE, 21.7e-6", // 3 · 1.4 + 17.5
    "RING, DIRECT, 21.4e-6", // 1.4, and 2 MB over the cut
  })
  void allGatherPaysForTheStepsAndTheBandwidthOfItsAlgorithm(
      TopologyKind kind, CollectiveAlgorithm algorithm, double seconds) {
    assertThat(only(algorithm, kind).seconds(Kernel.ALL_GATHER, 1_000_000))
        .isCloseTo(seconds, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({
    "SWITCH, RING, 17.15e-6", // 7 · 1.2 + 8.75
    "SWITCH, TREE, 18.6e-6", // Bruck: 3 · (1.2 + 5), half of the bytes in every step
    "SWITCH, DIRECT, 9.95e-6",
    // A ring, 16/7 hops on average; half of all 8 MB crosses a cut of one device's bandwidth.
    "RING, RING, 28.6e-6", // 7 + 16/7 · 7 · 0.1 + 20
    "RING, TREE, 63.685714e-6", // 3 · (1 + 16/7 · 0.1 + 20)
    "RING, DIRECT, 21.4e-6",
  })
  void allToAllPaysForTheStepsAndTheBandwidthOfItsAlgorithm(
      TopologyKind kind, CollectiveAlgorithm algorithm, double seconds) {
    assertThat(only(algorithm, kind).seconds(Kernel.ALL_TO_ALL, 1_000_000))
        .isCloseTo(seconds, within(1e-12));
  }

  /** Half of 8 devices send 1 kB to each of the others: 16 kB over one device's bandwidth. */
  @Test
  void oneShotAllReduceIsBoundByTheCutOfARing() {
    assertThat(only(CollectiveAlgorithm.DIRECT, TopologyKind.RING).allReduceSeconds(1000))
        .isCloseTo(1.56e-6, within(1e-12));
  }

  private static Network only(CollectiveAlgorithm algorithm, TopologyKind kind) {
    return new Network(kind.of(8), 100e9, 1e-6, 0.1e-6, false, Set.of(algorithm));
  }

  @Test
  void switchesThatReduceSendEverythingOnce() {
    assertThat(eightOnASwitch(true).allReduceSeconds(1_000_000)).isCloseTo(11.2e-6, within(1e-12));
    assertThat(eightOnASwitch(true).broadcastSeconds(1_000_000)).isCloseTo(11.2e-6, within(1e-12));
  }

  @Test
  void allGatherAndReduceScatterMoveAllButTheOwnPart() {
    // 1.2 + 7/8 · 10.
    assertThat(eightOnASwitch(false).allGatherSeconds(1_000_000)).isCloseTo(9.95e-6, within(1e-12));
    assertThat(eightOnASwitch(false).reduceScatterSeconds(1_000_000))
        .isCloseTo(9.95e-6, within(1e-12));
    // On a ring every pair has half: 7 · 1.1 + 8.75.
    assertThat(network(new Topology.Ring(8), false).allGatherSeconds(1_000_000))
        .isCloseTo(16.45e-6, within(1e-12));
  }

  @Test
  void broadcastIsATreeForSmallAndAScatterForLargeMessages() {
    assertThat(eightOnASwitch(false).broadcastSeconds(1000)).isCloseTo(3.63e-6, within(1e-12));
    // (3 + 7) · 1.2 + 1.75 · 100; the tree takes 3.6 + 300.
    assertThat(eightOnASwitch(false).broadcastSeconds(10_000_000)).isCloseTo(187e-6, within(1e-12));
  }

  @Test
  void allToAllIsBoundByTheNarrowestCut() {
    // Switch: 1.2 + 8.75.
    assertThat(eightOnASwitch(false).allToAllSeconds(1_000_000)).isCloseTo(9.95e-6, within(1e-12));
    // A ring: 2 m over a cut of one, 4 hops.
    assertThat(network(new Topology.Ring(8), false).allToAllSeconds(1_000_000))
        .isCloseTo(21.4e-6, within(1e-12));
  }

  @Test
  void messagesPayForTheirHops() {
    Network torus = network(new Topology.Torus(java.util.List.of(4, 4, 4)), false);

    // 6 hops; a pair has a sixth of the bandwidth.
    assertThat(torus.pointToPointSeconds(100_000)).isCloseTo(7.6e-6, within(1e-12));
    assertThat(torus.neighbourSeconds(100_000)).isCloseTo(7.1e-6, within(1e-12));
  }

  @ParameterizedTest
  @EnumSource
  void twoDevicesAreAsFarApartAsTheyAreNear(TopologyKind kind) {
    Network two = network(kind.of(2), false);

    assertThat(two.neighbourSeconds(1000)).isEqualTo(two.pointToPointSeconds(1000));
  }

  @ParameterizedTest
  @EnumSource
  void withoutLatencyAllReduceMovesAtLeastItsBytesTwice(TopologyKind kind) {
    Network ideal = new Network(kind.of(16), 100e9, 0, 0, false);

    assertThat(ideal.allReduceSeconds(1e9))
        .isCloseTo(2 * 15 / 16.0 * 1e9 / 100e9, withinPercentage(1e-9));
  }

  @ParameterizedTest
  @EnumSource
  void oneDeviceNeedsNoNetworkAndMoreIsNeverFaster(TopologyKind kind) {
    Network one = network(kind.of(1), true);
    assertThat(one.allReduceSeconds(1e6)).isZero();
    assertThat(one.allGatherSeconds(1e6)).isZero();
    assertThat(one.broadcastSeconds(1e6)).isZero();
    assertThat(one.allToAllSeconds(1e6)).isZero();

    for (double bytes : new double[] {1, 1e4, 1e8}) {
      Network slow = network(kind.of(64), false);
      Network wide = new Network(kind.of(64), 200e9, 1e-6, 0.1e-6, false);
      Network quick = new Network(kind.of(64), 100e9, 0.5e-6, 0.05e-6, false);
      for (Network better : new Network[] {wide, quick, network(kind.of(64), true)}) {
        assertThat(better.allReduceSeconds(bytes))
            .isLessThanOrEqualTo(slow.allReduceSeconds(bytes));
        assertThat(better.allToAllSeconds(bytes)).isLessThanOrEqualTo(slow.allToAllSeconds(bytes));
        assertThat(better.broadcastSeconds(bytes))
            .isLessThanOrEqualTo(slow.broadcastSeconds(bytes));
      }
    }
  }
}
