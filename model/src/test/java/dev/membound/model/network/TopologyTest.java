package dev.membound.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TopologyTest {

  static Stream<Arguments> handComputed() {
    return Stream.of(
        // topology, diameter, average, pair, bisection
        Arguments.of(new Topology.Ring(8), 4, 16 / 7.0, 0.5, 1.0),
        Arguments.of(new Topology.Ring(2), 1, 1.0, 1.0, 1.0),
        Arguments.of(new Topology.Switch(8), 2, 2.0, 1.0, 4.0),
        // 8 on one switch of 8; 16 of 8-port switches: 3 neighbours at 2 hops, 12 at 4.
        Arguments.of(new Topology.FatTree(8, 8), 2, 2.0, 1.0, 4.0),
        Arguments.of(new Topology.FatTree(16, 8), 4, (3 * 2 + 12 * 4) / 15.0, 1.0, 8.0),
        // 32 is the most for two levels, 64 takes three: 3 at 2 hops, 12 at 4, 48 at 6.
        Arguments.of(new Topology.FatTree(32, 8), 4, (3 * 2 + 28 * 4) / 31.0, 1.0, 16.0),
        Arguments.of(new Topology.FatTree(64, 8), 6, (6 + 48 + 48 * 6) / 63.0, 1.0, 32.0),
        // One group: 1 at 2 hops, 6 at 3, and nothing crosses a global wire.
        Arguments.of(new Topology.Dragonfly(2, 4, 1), 3, 20 / 7.0, 1.0, 4.0),
        // A router a group: 1 at 2 hops, 6 at 3.
        Arguments.of(new Topology.Dragonfly(2, 1, 4), 3, 20 / 7.0, 1.0, 2.0),
        // 2 a router, 4 routers, 9 groups: 1 at 2 hops, 6 at 3, 64 at 3 + 2 · 3/4.
        Arguments.of(new Topology.Dragonfly(2, 4, 9), 5, (2 + 18 + 64 * 4.5) / 71, 1.0, 18.0),
        // 4 x 4: one ring adds 1 + 1 + 2 = 4 hops; 2 · 4 · 4 / 15.
        Arguments.of(new Topology.Torus(List.of(4, 4)), 4, 32 / 15.0, 0.25, 2.0),
        // A dimension of one has no wires: a ring of four.
        Arguments.of(new Topology.Torus(List.of(4, 1)), 2, 4 / 3.0, 0.5, 1.0),
        // Both links of a dimension of two go to the one neighbour: a ring of two, a ring of four.
        Arguments.of(new Topology.Torus(List.of(2, 1)), 1, 1.0, 1.0, 1.0),
        Arguments.of(new Topology.Torus(List.of(2, 2)), 2, 4 / 3.0, 0.5, 1.0),
        // Neighbours along the seven have one link of four.
        Arguments.of(new Topology.Torus(List.of(2, 7)), 4, 31 / 13.0, 0.25, 1.0),
        // 4 x 4 x 4 cut across one dimension: 16 rings, twice, a sixth each.
        Arguments.of(new Topology.Torus(List.of(4, 4, 4)), 6, 192 / 63.0, 1 / 6.0, 16 / 3.0),
        // 4 devices: 2 x 2 wires of a third each cross.
        Arguments.of(new Topology.FullyConnected(4), 1, 1.0, 1 / 3.0, 4 / 3.0));
  }

  @ParameterizedTest
  @MethodSource("handComputed")
  void hopsAndBandwidths(
      Topology topology, int diameter, double average, double pair, double bisection) {
    assertThat(topology.diameterHops()).isEqualTo(diameter);
    assertThat(topology.averageHops()).isCloseTo(average, within(1e-12));
    assertThat(topology.pairShare()).isCloseTo(pair, within(1e-12));
    assertThat(topology.bisectionShares()).isCloseTo(bisection, within(1e-12));
  }

  @Test
  void torusHopsAreThoseOfABreadthFirstSearch() {
    List<Integer> sizes = List.of(5, 4, 3);
    int n = 60;
    int[] hops = new int[n];
    Arrays.fill(hops, -1);
    hops[0] = 0;
    Deque<Integer> queue = new ArrayDeque<>(List.of(0));
    while (!queue.isEmpty()) {
      int at = queue.remove();
      int stride = 1;
      for (int size : sizes) {
        int place = at / stride % size;
        for (int step : new int[] {1, size - 1}) {
          int next = at + ((place + step) % size - place) * stride;
          if (hops[next] < 0) {
            hops[next] = hops[at] + 1;
            queue.add(next);
          }
        }
        stride *= size;
      }
    }
    Topology torus = new Topology.Torus(sizes);

    assertThat(torus.diameterHops()).isEqualTo(Arrays.stream(hops).max().orElseThrow());
    assertThat(torus.averageHops()).isCloseTo(Arrays.stream(hops).sum() / (n - 1.0), within(1e-12));
  }

  @ParameterizedTest
  @EnumSource
  void everyKindWiresAnyNumber(TopologyKind kind) {
    for (int n : new int[] {1, 2, 7, 64, 72, 100, 576}) {
      Topology topology = kind.of(n);
      assertThat(topology.devices()).isEqualTo(n);
      assertThat(topology.averageHops())
          .isBetween((double) topology.neighbourHops(), (double) topology.diameterHops());
      assertThat(topology.bisectionShares()).isPositive();
    }
  }

  @Test
  void neighboursHangOnOneRouterWhereItHasSeveral() {
    assertThat(new Topology.Dragonfly(2, 4, 9).neighbourHops()).isEqualTo(2);
    assertThat(new Topology.Dragonfly(1, 4, 9).neighbourHops()).isEqualTo(3);
  }

  @Test
  void aTorusIsAsEvenAsItsNumberAllows() {
    assertThat(Topology.Torus.of(72, 2).sizes()).containsExactly(8, 9);
    assertThat(Topology.Torus.of(64, 3).sizes()).containsExactly(4, 4, 4);
    assertThat(Topology.Torus.of(14, 2).sizes()).containsExactly(2, 7);
    assertThat(Topology.Torus.of(7, 3).sizes()).containsExactly(1, 1, 7);
  }

  @Test
  void higherDimensionsTakeFewerHops() {
    assertThat(TopologyKind.TORUS_2D.of(4096).diameterHops()).isEqualTo(64);
    assertThat(TopologyKind.TORUS_3D.of(4096).diameterHops()).isEqualTo(24);
    assertThat(TopologyKind.TORUS_6D.of(4096).diameterHops()).isEqualTo(12);
  }

  @Test
  void impossibleWiringIsRefused() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> new Topology.FatTree(8, 5))
        .withMessageContaining("even radix");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> new Topology.Ring(0));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> new Topology.Torus(List.of(4, 0)))
        .withMessageContaining("[4, 0]");
  }
}
