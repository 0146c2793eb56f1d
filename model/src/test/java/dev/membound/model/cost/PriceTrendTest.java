package dev.membound.model.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceTrendTest {
  private static final Draw BEST = Draw.best();

  /** Ma and Patterson, arXiv 2601.05047, compounded. */
  @ParameterizedTest
  @CsvSource({"HBM, 1.1619, 1.1619", "DDR, 0.8143, 0.7663"})
  void pricesCompoundFromYearToYear(
      MemoryTechnology technology, double capacityFactor, double bandwidthFactor) {
    MemoryPrice price = MemoryPrice.of(technology);
    assertThat(price.capacityTrend().orElseThrow().yearlyFactor(BEST))
        .isCloseTo(capacityFactor, within(5e-5));
    assertThat(price.bandwidthTrend().orElseThrow().yearlyFactor(BEST))
        .isCloseTo(bandwidthFactor, within(5e-5));
  }

  @ParameterizedTest
  @CsvSource({"HBM, 2023, 2025, 1.35", "DDR, 2022, 2025, 0.54"})
  void theEndPointsArePublished(MemoryTechnology technology, int from, int to, double ratio) {
    MemoryPrice price = MemoryPrice.of(technology);
    assertThat(price.pricePerByte(to, BEST) / price.pricePerByte(from, BEST))
        .isCloseTo(ratio, within(1e-12));
    assertThat(price.covers(from)).isTrue();
    assertThat(price.covers(to)).isTrue();
    assertThat(price.covers(to + 0.5)).isFalse();
    assertThat(price.covers(from - 1)).isFalse();
  }

  @Test
  void theIntervalWidensWithTheDistanceFromTheYearOfThePrice() {
    PriceTrend trend = MemoryPrice.of(MemoryTechnology.HBM).capacityTrend().orElseThrow();
    Draw low = Quantity::low;
    Draw high = Quantity::high;
    double near = trend.factor(2023, 2024, high) / trend.factor(2023, 2024, low);
    double far = trend.factor(2023, 2030, high) / trend.factor(2023, 2030, low);
    assertThat(trend.factor(2023, 2023, high)).isEqualTo(1);
    assertThat(far).isGreaterThan(near);
  }

  @Test
  void withoutATrendThePriceStays() {
    MemoryPrice nand = MemoryPrice.of(MemoryTechnology.NAND);
    assertThat(nand.pricePerByte(2030, BEST)).isEqualTo(nand.pricePerByte(2020, BEST));
    assertThat(nand.covers(2030)).isFalse();
  }
}
