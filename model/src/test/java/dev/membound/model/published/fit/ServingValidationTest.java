package dev.membound.model.published.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.published.PublishedResults;
import dev.membound.model.published.ServingEngine;
import dev.membound.model.published.ServingLatency;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.PrefillWorkload;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServingValidationTest {
  private static final HardwareParameters HARDWARE =
      new HardwareParameters(0.85, 0.5, 0.65, 1, 0.5, 4e-6, 1.5, 0.6, 1);
  private static final EngineParameters ENGINE = new EngineParameters(3e-4, 1.5e-5, 0.8);

  private static ServingLatency row(
      String checkpoint, int devices, int requests, int prompt, int output, double seconds) {
    return new ServingLatency(
        "row",
        "test",
        "h100-sxm",
        devices,
        "llama-3.1-8b",
        checkpoint,
        DataFormat.BF16,
        DataFormat.BF16,
        new ServingEngine("engine", "1"),
        requests,
        prompt,
        output,
        seconds);
  }

  /** Rows that follow the law exactly, in four groups. */
  private static List<ServingLatency> lawful() {
    List<ServingLatency> rows = new ArrayList<>();
    for (int devices : List.of(1, 2, 4, 8)) {
      for (int requests : List.of(1, 8, 32, 128)) {
        for (int prompt : List.of(256, 2048, 8192)) {
          ServingLatency open = row("lawful", devices, requests, prompt, 512, 1);
          double seconds = ServingWork.of(open).secondsPerToken(HARDWARE, ENGINE);
          rows.add(row("lawful", devices, requests, prompt, 512, seconds));
        }
      }
    }
    return rows;
  }

  @Test
  void noFitSeesARowOfTheGroupThatItPredicts() {
    List<ServingLatency> rows = PublishedResults.load().timings().serving();
    ServingValidation validation = new ServingValidation(rows);
    for (String group : rows.stream().map(ServingLatency::group).distinct().toList()) {
      assertThat(validation.training(Set.of(group)))
          .isNotEmpty()
          .noneMatch(row -> row.group().equals(group));
    }
  }

  /** The rows of a group made ten times slower: what is said about the group must not change. */
  @Test
  void whatAGroupMeasuredDoesNotTouchItsOwnPredictionOrInterval() {
    List<ServingLatency> rows = lawful();
    String group = rows.getFirst().group();
    List<ServingLatency> changed =
        rows.stream()
            .map(
                row ->
                    row.group().equals(group)
                        ? row(
                            "lawful",
                            row.devices(),
                            row.concurrency(),
                            row.promptTokens(),
                            512,
                            10 * row.secondsPerToken())
                        : row)
            .toList();
    List<ServingValidation.LeftOut> before = new ServingValidation(rows).leaveOneGroupOut();
    List<ServingValidation.LeftOut> after = new ServingValidation(changed).leaveOneGroupOut();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).group().equals(group)) {
        assertThat(after.get(i).predictedSeconds()).isEqualTo(before.get(i).predictedSeconds());
        assertThat(after.get(i).lowSeconds()).isEqualTo(before.get(i).lowSeconds());
        assertThat(after.get(i).highSeconds()).isEqualTo(before.get(i).highSeconds());
      } else {
        assertThat(after.get(i).predictedSeconds()).isNotEqualTo(before.get(i).predictedSeconds());
      }
    }
  }

  @Test
  void lawfulRowsArePredictedFromOtherSystems() {
    assertThat(new ServingValidation(lawful()).leaveOneGroupOut())
        .allSatisfy(
            out ->
                assertThat(out.predictedSeconds())
                    .isCloseTo(
                        out.row().secondsPerToken(), within(0.1 * out.row().secondsPerToken())));
  }

  @Test
  void aFitFindsTheParametersBehindLawfulRows() {
    ServingFit fit = ServingFit.of(lawful(), ServingWork::of);
    assertThat(fit.hardware().streamingEfficiency()).isCloseTo(0.85, within(0.05));
    assertThat(fit.hardware().prefillEfficiency()).isCloseTo(0.65, within(0.1));
    assertThat(fit.hardware().startupSeconds()).isCloseTo(4e-6, within(1.5e-6));
    assertThat(fit.identifiable(HardwareParameter.STREAMING_EFFICIENCY)).isTrue();
  }

  @Test
  void rowsOfOneDeviceCannotTellItsLink() {
    List<ServingLatency> single = lawful().stream().filter(row -> row.devices() == 1).toList();
    ServingFit fit = ServingFit.of(single, ServingWork::of);
    assertThat(fit.identifiable(HardwareParameter.LINK_LATENCY)).isFalse();
    assertThat(fit.identifiable(HardwareParameter.LINK_EFFICIENCY)).isFalse();
  }

  /** One law of time: at a device's own parameters a phase takes what the simulator says. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void atTheParametersOfTheCatalogueAPhaseIsTheSimulators(int devices) {
    var device = DeviceCatalogue.find("h100-sxm");
    HardwareSystem system = HardwareSystem.of(device, devices);
    var model = LlmCatalogue.find("llama-3.1-8b");
    Formats formats = new Formats(DataFormat.BF16, DataFormat.BF16, DataFormat.F16);
    HardwareParameters known = HardwareParameters.of(device);
    HardwareParameters own =
        new HardwareParameters(
            known.streamingEfficiency(),
            known.decodeEfficiency(),
            known.prefillEfficiency(),
            1,
            known.attentionEfficiency(),
            known.startupSeconds(),
            1,
            1,
            1);
    for (InferenceWorkload phase :
        List.of(
            new DecodeWorkload(16, 4096, formats, new KvSelection.Dense()),
            new PrefillWorkload(1, 2048, formats))) {
      double simulated = Simulator.bestSeconds(system, model, phase);
      // Norms keep an efficiency of their own, which the catalogue has apart.
      assertThat(PhaseWork.of(system, model, phase).seconds(own))
          .isCloseTo(simulated, within(1e-9 * simulated));
    }
  }

  @Test
  void twoGroupsAreTooFewToLeaveOneOut() {
    List<ServingLatency> two = lawful().stream().filter(row -> row.devices() <= 2).toList();
    assertThatThrownBy(() -> new ServingValidation(two).leaveOneGroupOut())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 3 groups");
  }
}
