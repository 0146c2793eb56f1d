package dev.membound.kernels.gemv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FarPairsTest {
  @ParameterizedTest
  @EnumSource
  void everyItemIsInOnePairAndOneLeftOverIsItsOwnPartner(FarPairs pairs) {
    for (int items = 1; items < 200; items++) {
      int[] seen = new int[items];
      for (int pair = 0; pair < pairs.count(items); pair++) {
        seen[pair]++;
        if (pairs.partner(pair, items) != pair) {
          seen[pairs.partner(pair, items)]++;
        }
      }
      assertThat(seen).containsOnly(1);
    }
  }

  @Test
  void longSharesAreWalkedAtAnOddDistanceOfNearlyHalfTheItems() {
    for (int items = 32; items < 500; items++) {
      int last = FarPairs.ODD.count(items) - 1;
      int distance = FarPairs.ODD.partner(last, items) - last;
      assertThat(distance % 2).isEqualTo(1);
      assertThat(2 * distance).isBetween(items - 3, items);
    }
  }

  @Test
  void halfMeansExactlyHalf() {
    for (int items = 2; items < 500; items++) {
      int last = FarPairs.HALF.count(items) - 1;
      assertThat(FarPairs.HALF.partner(last, items) - last).isEqualTo(items / 2);
    }
  }
}
