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
    double[] values = values(SKEWED);

    assertThat(share(values, 8)).isCloseTo(0.05, within(0.005));
    assertThat(share(values, 10)).isCloseTo(0.50, within(0.01));
    assertThat(share(values, 20)).isCloseTo(0.95, within(0.005));
  }

  @Test
  void betweenTheEndsPositiveValuesAreSpreadInLogSpace() {
    Quantity decades = new Quantity(10, "s", 1, 100, Provenance.ASSUMED, "a test");
    double[] values = values(decades);

    double upperQuartile = 10 * Math.pow(10, 0.67449 / Draw.Z90);
    assertThat(share(values, upperQuartile)).isCloseTo(0.75, within(0.01));
    assertThat(share(values, 100 / upperQuartile)).isCloseTo(0.25, within(0.01));
  }

  @Test
  void otherIntervalsAreSpreadLinearly() {
    double[] fromZero = values(new Quantity(2, "s", 0, 10, Provenance.ASSUMED, "a test"));
    assertThat(share(fromZero, 2)).isCloseTo(0.5, within(0.01));
    assertThat(share(fromZero, 2 + 8 * 0.67449 / Draw.Z90)).isCloseTo(0.75, within(0.01));
    assertThat(share(fromZero, 10)).isCloseTo(0.95, within(0.005));

    double[] aroundZero = values(new Quantity(1, "K", -3, 4, Provenance.ASSUMED, "a test"));
    assertThat(share(aroundZero, -3)).isCloseTo(0.05, within(0.005));
    assertThat(share(aroundZero, 1)).isCloseTo(0.5, within(0.01));
    assertThat(share(aroundZero, 4)).isCloseTo(0.95, within(0.005));
  }

  @Test
  void oneSourceErrsTheSameWayInAllValuesOfAUnitAndSourcesErrIndependently() {
    Quantity alike = new Quantity(3, "s", 2, 5, Provenance.ASSUMED, "a test");
    Quantity otherUnit = new Quantity(3, "B", 2, 5, Provenance.ASSUMED, "a test");
    Quantity otherSource = new Quantity(3, "s", 2, 5, Provenance.ASSUMED, "another test");

    assertThat(shareOnTheSameSide(SKEWED, alike)).isEqualTo(1);
    assertThat(shareOnTheSameSide(SKEWED, otherUnit)).isCloseTo(0.5, within(0.02));
    assertThat(shareOnTheSameSide(SKEWED, otherSource)).isCloseTo(0.5, within(0.02));
    assertThat(shareOnTheSameSide(otherUnit, otherSource)).isCloseTo(0.5, within(0.02));
  }

  @Test
  void oneWorldTellsNothingOfTheNext() {
    double[] values = values(SKEWED);

    assertThat(
            IntStream.range(1, DRAWS).filter(i -> values[i - 1] < 10 == values[i] < 10).count()
                / (double) DRAWS)
        .isCloseTo(0.5, within(0.02));
  }

  @Test
  void openEndedExponentsBecomeInfiniteInFivePercentOfWorlds() {
    Quantity exponent =
        new Quantity(2, "1", 1, Double.POSITIVE_INFINITY, Provenance.FITTED, "a test");
    double[] values = values(exponent);

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

  private static double[] values(Quantity quantity) {
    return IntStream.range(0, DRAWS).mapToDouble(i -> Draw.sample(1, i).of(quantity)).toArray();
  }

  private static double shareOnTheSameSide(Quantity one, Quantity other) {
    return IntStream.range(0, DRAWS)
            .mapToObj(i -> Draw.sample(1, i))
            .filter(world -> world.of(one) < one.value() == world.of(other) < other.value())
            .count()
        / (double) DRAWS;
  }

  private static double share(double[] values, double upTo) {
    return (double) java.util.Arrays.stream(values).filter(v -> v <= upTo).count() / values.length;
  }
}
