package dev.membound.model.memory.tiers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class StackMixTest {
  private static final Stack HBM = new Stack(48, 2, true);
  private static final Stack HBF = new Stack(512, 1, false);

  @Test
  void bothKindsFinishTogetherWhereCapacityAllows() {
    // Two sites: one of each. 30 of KV and x weights over 2, 60 - x over 1: x = 30 would need 60 of
    // 48; with 48 the HBM takes 24 and the HBF 42 - at full HBM.
    StackMix mix = StackMix.best(2, HBM, HBF, 60, 30).orElseThrow();

    // Alternatively two HBM: 90 of 96, 90 / 4 = 22.5: better still.
    assertThat(mix).isEqualTo(new StackMix(2, 0, 60, 22.5));
  }

  @Test
  void moreWeightsThanHbmHoldsNeedFlash() {
    // Three sites, 300 of weights, 30 of KV. f HBM: f = 1: HBM holds 48 (24 s), 282 over 2: 141 s.
    // f = 2: HBM holds 96 (24 s), 234 over 1: 234 s. So one HBM and two HBF.
    StackMix mix = StackMix.best(3, HBM, HBF, 300, 30).orElseThrow();

    assertThat(mix.fastStacks()).isEqualTo(1);
    assertThat(mix.slowStacks()).isEqualTo(2);
    assertThat(mix.weightBytesOnFast()).isCloseTo(18, within(1e-9));
    assertThat(mix.seconds()).isCloseTo(141, within(1e-9));
  }

  @Test
  void equalStacksShareEverythingEvenly() {
    Stack slow = new Stack(1000, 2, true);

    StackMix mix = StackMix.best(2, new Stack(1000, 2, true), slow, 100, 20).orElseThrow();

    assertThat(mix.seconds()).isCloseTo(120 / 4.0, within(1e-9));
  }

  @Test
  void whatFillsTheStacksToTheLastByteStillFits() {
    assertThat(StackMix.best(1, HBM, HBF, 40, 8)).contains(new StackMix(1, 0, 40, 24));
    assertThat(StackMix.best(1, HBM, HBF, 40, 8.5)).isEmpty();
  }

  @Test
  void aKvCacheThatOnlyFlashCouldHoldFitsNowhere() {
    assertThat(StackMix.best(2, HBM, HBF, 10, 100)).isEmpty();
    assertThat(StackMix.best(2, HBM, new Stack(512, 1, true), 10, 100)).isPresent();
    assertThat(StackMix.best(0, HBM, HBF, 10, 10)).isEqualTo(Optional.empty());
  }

  @Test
  void moreSitesAreNeverSlower() {
    double last = Double.POSITIVE_INFINITY;
    for (int sites = 2; sites < 12; sites++) {
      double seconds = StackMix.best(sites, HBM, HBF, 300, 30).orElseThrow().seconds();
      assertThat(seconds).isLessThanOrEqualTo(last);
      last = seconds;
    }
  }
}
