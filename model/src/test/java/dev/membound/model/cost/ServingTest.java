package dev.membound.model.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServingTest {
  private static DecodeWorkload batch(int sequences) {
    return new DecodeWorkload(
        sequences,
        1,
        new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16),
        new KvSelection.Dense());
  }

  @ParameterizedTest
  @CsvSource({
    // batch, output: a sequence ends, and a prompt starts, every output / batch steps
    "4, 200, 1, 0.02",
    "4, 8, 1, 0.5",
    "8, 8, 1, 1",
    "16, 8, 2, 1",
    "12, 8, 2, 0.75",
  })
  void promptsStartAsOftenAsSequencesEnd(int batch, long output, int together, double share) {
    Serving serving = Serving.of(batch(batch), 1000, output);

    assertThat(serving.prompts())
        .singleElement()
        .satisfies(
            prompt -> {
              assertThat(prompt.batch()).isEqualTo(together);
              assertThat(prompt.promptTokens()).isEqualTo(1000);
            });
    assertThat(serving.promptShare()).isEqualTo(share);
    assertThat(serving.tokens()).isEqualTo(batch);
  }

  @Test
  void sequencesAreDecodedAtTheirMeanContext() {
    assertThat(Serving.of(batch(4), 1000, 200).decode().contextTokens()).isEqualTo(1100);
  }

  @Test
  void everyNewTokenOfASequenceCounts() {
    assertThat(Serving.of(batch(4).withNewTokens(3)).tokens()).isEqualTo(12);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 0", "-5, 1"})
  void refusesRequestsWithoutPromptOrOutput(long prompt, long output) {
    assertThatThrownBy(() -> Serving.of(batch(1), prompt, output))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got " + prompt + " and " + output + " tokens");
  }

  @Test
  void theShortestRequestHasOneTokenOfEach() {
    assertThat(Serving.of(batch(1), 1, 1).promptShare()).isEqualTo(1);
  }
}
