package dev.membound.benchmarks.ceiling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScatteredOrderTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 7, 8, 11, 12, 16, 21})
  void visitsEveryElementOnceAPeriodWhereverItStarts(int bits) {
    ScatteredOrder order = new ScatteredOrder(bits);
    BitSet seen = new BitSet();
    long start = 12345;
    for (long i = start; i < start + order.count(); i++) {
      seen.set(Math.toIntExact(order.at(i)));
    }
    assertThat(seen.cardinality()).isEqualTo(1 << bits);
    assertThat(seen.length()).isEqualTo(1 << bits);
    assertThat(order.at(start + order.count())).isEqualTo(order.at(start));
  }

  @Test
  void neighboursInTimeAreRarelyNeighboursInMemory() {
    ScatteredOrder order = new ScatteredOrder(16);
    int close = 0;
    for (long i = 0; i < order.count(); i++) {
      if (Math.abs(order.at(i + 1) - order.at(i)) <= 8) {
        close++;
      }
    }
    // A random order has 2 * 8 in 65536 such steps, 16 in all.
    assertThat(close).isLessThan(200);
  }

  @Test
  void refusesCountsThatAreNoPowerOfTwo() {
    assertThatThrownBy(() -> ScatteredOrder.of(48)).hasMessageContaining("48 is no power of two");
    assertThatThrownBy(() -> new ScatteredOrder(41)).hasMessageContaining("41");
  }
}
