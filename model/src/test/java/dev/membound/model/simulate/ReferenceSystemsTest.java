package dev.membound.model.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.device.Profiles;
import dev.membound.model.run.Json;
import dev.membound.model.run.SimulationFile;
import dev.membound.model.run.SimulationFile.Prediction;
import org.junit.jupiter.api.Test;

class ReferenceSystemsTest {
  private final SimulationFile file =
      ReferenceSystems.predict(Profiles.twoThreads(), new Simulator(1, 30));

  @Test
  void everyReferenceDeviceIsPredicted() {
    assertThat(file.runId()).isEqualTo("run-1");
    assertThat(file.predictions())
        .extracting(Prediction::device)
        .contains("this-cpu", "h100-sxm", "cxl-pnm", "hbm-pim", "h100-sxm+cxl-pnm");
  }

  @Test
  void whatFitsHasTimesAndWhatDoesNotSaysHowManyWould() {
    assertThat(file.predictions())
        .allSatisfy(
            p -> {
              if (p.fits()) {
                assertThat(p.decodeStepSeconds().low()).isPositive();
                assertThat(p.decodeTokensPerSecond().median() * p.decodeStepSeconds().median())
                    .isCloseTo(p.batch(), org.assertj.core.data.Percentage.withPercentage(1e-9));
                assertThat(p.operators()).isNotEmpty();
                assertThat(p.shortfallBytes()).isZero();
                assertThat(p.warnings()).noneMatch(w -> w.startsWith("does not fit"));
              } else {
                assertThat(p.decodeStepSeconds()).isNull();
                assertThat(p.shortfallBytes()).isPositive();
                assertThat(p.warnings()).anyMatch(w -> w.startsWith("does not fit on "));
              }
            });
  }

  @Test
  void llama70bIsPredictedOnTheSmallestNumberOfGpusThatHoldsIt() {
    assertThat(file.predictions())
        .filteredOn(
            p ->
                p.device().equals("h100-sxm")
                    && p.model().equals("llama-3.1-70b")
                    && p.batch() == 1
                    && p.context() == 8192)
        .extracting(Prediction::deviceCount, Prediction::fits)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1, false),
            org.assertj.core.groups.Tuple.tuple(2, true));
  }

  @Test
  void systemsShareEachLayerRatherThanStackThem() {
    assertThat(file.predictions())
        .filteredOn(
            p ->
                p.device().equals("h100-sxm")
                    && p.model().equals("llama-3.1-70b")
                    && p.batch() == 1
                    && p.context() > 100_000
                    && p.fits())
        .extracting(Prediction::deviceCount) // three would do as stages of a pipeline
        .containsExactly(4);
  }

  @Test
  void predictionsAreTheSameEveryTimeAndSurviveJson() {
    SimulationFile again = ReferenceSystems.predict(Profiles.twoThreads(), new Simulator(1, 30));
    String json = Json.mapper().writeValueAsString(file);

    assertThat(again).isEqualTo(file);
    assertThat(Json.mapper().readValue(json, SimulationFile.class)).isEqualTo(file);
  }
}
