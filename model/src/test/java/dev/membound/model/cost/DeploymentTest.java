package dev.membound.model.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.catalogue.CatalogueException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeploymentTest {
  @Test
  void unitsAreKeptInSi() {
    Deployment us = Deployment.standard();
    assertThat(us.electricityPrice().value() * 3.6e6).isCloseTo(0.08, within(1e-12));
    assertThat(us.gridCarbon().value() * 3.6e6).isCloseTo(0.369, within(1e-12));
    assertThat(us.hostingPrice().value() * 1000 * 86400 * 365.25 / 12).isCloseTo(130, within(1e-9));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pue_ratio: {value: 0.9, assumed: a}         | 'pue_ratio'",
        "pue_ratio: {value: 1.2}                     | 'pue_ratio.value'",
        "utilisation_ratio: {value: 1.2, assumed: a} | 'utilisation_ratio'",
        "utilization_ratio: {value: 0.5, assumed: a} | did you mean",
        "grid_USD_per_kWh: {value: 0.5, assumed: a}  | wrong unit",
        "year: 1.5                                   | 'year'",
        "lifetime_years: {value: 0, assumed: a}      | 'lifetime_years.value'",
      })
  void badFilesAreRefusedInOneLine(String line, String part) {
    String yaml = "name: mine\nextends: us\n" + line + "\n";
    assertThatThrownBy(() -> Deployment.parse("mine.yaml", yaml))
        .isInstanceOf(CatalogueException.class)
        .hasMessageStartingWith("mine.yaml line 3")
        .hasMessageContaining(part)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pue_ratio: {value: 1, assumed: ideal}",
        "utilisation_ratio: {value: 1, assumed: always busy}",
      })
  void theLimitsThemselvesAreAllowed(String line) {
    Deployment mine = Deployment.parse("mine.yaml", "name: mine\nextends: us\n" + line + "\n");

    assertThat(mine.name()).isEqualTo("mine");
    assertThat(line.startsWith("pue") ? mine.pue().value() : mine.utilisation().value())
        .isEqualTo(1);
  }

  @Test
  void anUnknownNameSuggestsNearOnes() {
    assertThatThrownBy(() -> Deployment.find("frence"))
        .isInstanceOf(CatalogueException.class)
        .hasMessageContaining("france");
  }
}
