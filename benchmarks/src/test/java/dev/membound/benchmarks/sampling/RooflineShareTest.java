package dev.membound.benchmarks.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RooflineShareTest {
  @Test
  void isOfTheMeanOfBothProbes() {
    assertThat(RooflineShare.of(5, 9.6, 10.4)).hasValue(0.5);
    assertThat(RooflineShare.of(10.5, 10, 10)).hasValue(1.05);
    assertThat(RooflineShare.ofMean(5, 10, 0.1)).hasValue(0.5);
  }

  @Test
  void isLeftOutWhereTheProbesDisagree() {
    assertThat(RooflineShare.of(5, 10, 11.2)).isEmpty();
    assertThat(RooflineShare.of(5, 11.2, 10)).isEmpty();
    assertThat(RooflineShare.ofMean(5, 10, 0.11)).isEmpty();
  }

  @Test
  void isLeftOutWhereItIsImpossibleOrAProbeMissing() {
    assertThat(RooflineShare.of(38, 1, 1)).isEmpty();
    assertThat(RooflineShare.of(5, Double.NaN, 10)).isEmpty();
    assertThat(RooflineShare.ofMean(5, Double.NaN, Double.NaN)).isEmpty();
  }
}
