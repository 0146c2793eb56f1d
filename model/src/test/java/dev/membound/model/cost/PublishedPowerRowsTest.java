package dev.membound.model.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** MLPerf's H200 rows from the one set of parameters in the catalogue. */
class PublishedPowerRowsTest {
  private static final String ROWS = "mlperf-h200.csv";
  private static final int DEVICES = 8;

  /** Tokens a sample of the OpenOrca set that MLPerf uses, also taken for its prompts. */
  private static final int LLAMA_TOKENS = 294;

  /** Tokens a sample of MLPerf's mixed set for Mixtral. */
  private static final int MIXTRAL_OUTPUT = 145;

  private final EfficiencyEstimator estimator = new EfficiencyEstimator(Economics.standard(), 1, 1);

  private Efficiency predict(String model, int batch, double watts, int prompt, int output) {
    Formats formats = new Formats(DataFormat.FP8, DataFormat.FP8, DataFormat.FP8);
    DecodeWorkload decode = new DecodeWorkload(batch, 0, formats, new KvSelection.Dense());
    return estimator.estimate(
        HardwareSystem.of(DeviceCatalogue.find("h200-sxm"), 1),
        LlmCatalogue.find(model),
        Serving.of(decode, prompt, output),
        OptionalDouble.of(watts));
  }

  private static double rate(Efficiency efficiency) {
    return efficiency.get(Metric.TOKENS_PER_SECOND).median();
  }

  @ParameterizedTest
  @CsvFileSource(resources = ROWS, numLinesToSkip = 2)
  void llamaIsWithinFifteenPercentInRateAndEnergy(
      String model, int batch, double watts, double tokensPerSecond, Double joulesPerToken) {
    Efficiency predicted = predict(model, batch, watts, LLAMA_TOKENS, LLAMA_TOKENS);
    assertThat(rate(predicted) * DEVICES / tokensPerSecond).isCloseTo(1, within(0.15));
    if (joulesPerToken != null) {
      assertThat(predicted.get(Metric.JOULES_PER_TOKEN).median() / joulesPerToken)
          .isCloseTo(1, within(0.15));
    }
    assertThat(predicted.get(Metric.DEVICE_WATTS).median()).isLessThanOrEqualTo(watts);
  }

  @Test
  void mixtralAt500WattsFollowsFromItsRowAt700() {
    // 59022.3 and 48987.9 tokens/s of eight, 0.1256 J/token at 500 W, from the same logs. The
    // length
    // of its prompts is not published: the row at 700 W fixes it.
    int prompt = 100;
    while (rate(predict("mixtral-8x7b", 1536, 700, prompt, MIXTRAL_OUTPUT)) * DEVICES > 59022.3) {
      prompt += 25;
    }
    Efficiency capped = predict("mixtral-8x7b", 1536, 500, prompt, MIXTRAL_OUTPUT);
    assertThat(rate(capped) * DEVICES / 48987.9).isCloseTo(1, within(0.15));
    assertThat(capped.get(Metric.JOULES_PER_TOKEN).median() / 0.1256).isCloseTo(1, within(0.15));
  }

  @Test
  void aMemoryBoundModuleDrawsWhatItsPaperSays() {
    Formats half = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);
    Efficiency predicted =
        estimator.estimate(
            HardwareSystem.of(DeviceCatalogue.find("cxl-pnm"), 1),
            LlmCatalogue.find("opt-13b"),
            Serving.of(new DecodeWorkload(1, 64, half, new KvSelection.Dense())));
    // Park et al., HPCA 2024: 42.68 tokens/s at 77.6 W.
    assertThat(rate(predicted) / 42.68).isCloseTo(1, within(0.15));
    assertThat(predicted.get(Metric.DEVICE_WATTS).median() / 77.6).isCloseTo(1, within(0.15));
  }
}
