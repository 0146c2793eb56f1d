package dev.membound.model.quantity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrawTest {
  private static final int DRAWS = 20_000;
  private static final Quantity SKEWED = new Quantity(10, "s", 8, 20, Provenance.ASSUMED, "a test");

  @Test
  void endsOfTheIntervalAreTheFiveAndNinetyFivePercentQuantiles() {
    double[] values =
        IntStream.range(0, DRAWS).mapToDouble(i -> Draw.sample(1, i).of(SKEWED)).toArray();

    assertThat(share(values, 8)).isCloseTo(0.05, within(0.005));
    assertThat(share(values, 10)).isCloseTo(0.50, within(0.01));
    assertThat(share(values, 20)).isCloseTo(0.95, within(0.005));
  }

  @Test
  void openEndedExponentsBecomeInfiniteInFivePercentOfWorlds() {
    Quantity exponent =
        new Quantity(2, "1", 1, Double.POSITIVE_INFINITY, Provenance.FITTED, "a test");
    double[] values =
        IntStream.range(0, DRAWS).mapToDouble(i -> Draw.sample(1, i).of(exponent)).toArray();

    assertThat(1 - share(values, Double.MAX_VALUE)).isCloseTo(0.05, within(0.005));
    assertThat(share(values, 2)).isCloseTo(0.5, within(0.01));
  }

  @Test
  void valuesThatCannotBeNegativeAreNeverDrawnSo() {
    Quantity startup = new Quantity(1e-6, "s", 0, 5e-6, Provenance.ASSUMED, "a test");

    assertThat(IntStream.range(0, DRAWS).mapToDouble(i -> Draw.sample(1, i).of(startup)).min())
        .hasValue(0);
  }

  @Test
  void exactQuantitiesAreTheSameInEveryWorld() {
    Quantity exact = Quantity.exact(0.1, "1", Provenance.DATASHEET, "a test");

    assertThat(Draw.sample(7, 3).of(exact)).isEqualTo(0.1);
  }

  @Test
  void equalWorldsGiveEqualValuesAndOthersDoNot() {
    assertThat(Draw.sample(7, 3).of(SKEWED)).isEqualTo(Draw.sample(7, 3).of(SKEWED));
    assertThat(Draw.sample(7, 3).of(SKEWED)).isNotEqualTo(Draw.sample(7, 4).of(SKEWED));
    assertThat(Draw.sample(7, 3).of(SKEWED)).isNotEqualTo(Draw.sample(8, 3).of(SKEWED));
  }

  private static double share(double[] values, double upTo) {
    return (double) java.util.Arrays.stream(values).filter(v -> v <= upTo).count() / values.length;
  }
}
