package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.benchmarks.cli.SimulationAnswer.Parameter;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.Json;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SimulationAnswerTest {
  @Test
  void anIntervalWithoutAnUpperEndIsNullInJsonAndStillUncertain() {
    Quantity open =
        new Quantity(2, "1", 1, Double.POSITIVE_INFINITY, Provenance.FITTED, "this test");
    Parameter parameter = Parameter.of("this-cpu", "overlap", open);
    JsonNode json = Json.mapper().readTree(Json.mapper().writeValueAsString(parameter));

    assertThat(json.get("high").isNull()).isTrue();
    assertThat(json.get("low").asDouble()).isEqualTo(1);
    assertThat(parameter.uncertain()).isTrue();
    assertThat(Parameter.of("x", "y", open.withoutInterval()).uncertain()).isFalse();
  }
}
