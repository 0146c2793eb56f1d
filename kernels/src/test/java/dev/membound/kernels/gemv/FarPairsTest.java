package dev.membound.kernels.gemv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FarPairsTest {
  @Test
  void everyItemIsInOnePairAndAnOddLastOneIsItsOwnPartner() {
    for (int items = 1; items < 200; items++) {
      int[] seen = new int[items];
      for (int pair = 0; pair < FarPairs.count(items); pair++) {
        seen[FarPairs.first(pair, items)]++;
        if (FarPairs.second(pair, items) != FarPairs.first(pair, items)) {
          seen[FarPairs.second(pair, items)]++;
        }
      }
      assertThat(seen).containsOnly(1);
    }
  }

  @Test
  void longSharesAreWalkedAtAnOddDistanceOfNearlyHalfTheItems() {
    for (int items = 32; items < 500; items++) {
      int distance = FarPairs.second(0, items) - FarPairs.first(0, items);
      assertThat(distance % 2).isEqualTo(1);
      assertThat(2 * distance).isBetween(items - 3, items);
    }
  }
}
