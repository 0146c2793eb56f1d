package dev.membound.model.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.Fusion;
import dev.membound.model.workload.KvSelection.Dense;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * A decode layer of GPT-3 175B on four A100s with tensor parallelism, batch 8, context 3072: Zhang
 * et al., LLMCompass, ISCA 2024, artifact {@code ae/figure5/ijkl/real_hardware}. The device is
 * fitted to lone matrix products of the same artifact; the layer is not in the fit.
 */
class PublishedLayerTest {
  private static final double MEASURED_LAYER_SECONDS = 1110.896909790039e-6;
  private static final List<String> TABLES = List.of("embedding", "final-norm", "lm-head");

  private static List<OperatorEstimate> layer(Fusion fusion) throws IOException {
    LlmArchitecture model = LlmCatalogue.find("gpt-3-175b");
    Formats formats = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);
    DecodeWorkload step = new DecodeWorkload(8, 3072, formats, new Dense()).withFusion(fusion);
    try (InputStream file = PublishedLayerTest.class.getResourceAsStream("a100-eager.yaml")) {
      String yaml = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      HardwareSystem system = HardwareSystem.of(DeviceCatalogue.parse("a100-eager.yaml", yaml), 4);
      return new Simulator(1, 1)
          .estimate(system, model, step).operators().stream()
              .filter(o -> !TABLES.contains(o.operator()))
              .toList();
    }
  }

  private static double layerSeconds(Fusion fusion) throws IOException {
    return layer(fusion).stream().mapToDouble(OperatorEstimate::seconds).sum() / 96;
  }

  @Test
  void aDecodeLayerOfGpt3TakesThePublishedTimeWithin15Percent() throws IOException {
    assertThat(layerSeconds(Fusion.EAGER))
        .isCloseTo(MEASURED_LAYER_SECONDS, Percentage.withPercentage(15));
  }

  @Test
  void theKernelsAreThoseThatWereMeasured() throws IOException {
    assertThat(layer(Fusion.EAGER))
        .extracting(OperatorEstimate::operator)
        .containsExactly(
            "attention-norm",
            "qkv",
            "attention-scores",
            "attention-softmax",
            "attention-values",
            "attention-output",
            "attention-all-reduce",
            "feed-forward-norm",
            "feed-forward-expand",
            "feed-forward-activation",
            "feed-forward-contract",
            "feed-forward-all-reduce");
  }

  @Test
  void largeMatricesTakeTheirPublishedTimeWithin5Percent() throws IOException {
    // W1, W2 and the output projection: 186.0, 186.1 and 68.9 us.
    assertThat(seconds("feed-forward-expand")).isCloseTo(185.97e-6, Percentage.withPercentage(5));
    assertThat(seconds("feed-forward-contract")).isCloseTo(186.09e-6, Percentage.withPercentage(5));
    assertThat(seconds("attention-output")).isCloseTo(68.9e-6, Percentage.withPercentage(5));
  }

  private static double seconds(String operator) throws IOException {
    return layer(Fusion.EAGER).stream()
            .filter(o -> o.operator().equals(operator))
            .findFirst()
            .orElseThrow()
            .seconds()
        / 96;
  }

  @Test
  void joiningKernelsSavesTimeAndNoFlopsOfTheProducts() throws IOException {
    assertThat(layerSeconds(Fusion.FUSED)).isLessThan(layerSeconds(Fusion.EAGER));
    long fused =
        layer(Fusion.FUSED).stream()
            .filter(o -> o.operator().equals("attention"))
            .mapToLong(OperatorEstimate::flops)
            .sum();
    long apart =
        layer(Fusion.EAGER).stream()
            .filter(
                o ->
                    o.operator().equals("attention-scores")
                        || o.operator().equals("attention-values"))
            .mapToLong(OperatorEstimate::flops)
            .sum();
    assertThat(apart).isEqualTo(fused);
  }
}
