package dev.membound.model.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.catalogue.CatalogueException;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.KvFootprint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

class LlmCatalogueTest {
  private static final String OWN =
      """
      name: own
      title: Own
      source: me
      hidden: 64
      layers:
        - count: 2
          attention: {kind: gqa, query_heads: 4, kv_heads: 2, head_dim: 16}
          feed_forward: {kind: gated, inner_size: 128}
      vocabulary: 100
      tied_embeddings: true
      norm: rms
      max_context_tokens: 512
      """;

  /** Parameters of published checkpoints to the last one, or by hand where nobody counts them. */
  @ParameterizedTest
  @CsvFileSource(resources = "model-facts.csv", numLinesToSkip = 1)
  void shapesGiveThePublishedCounts(
      String name,
      int layers,
      long parameters,
      Double publishedBillions,
      Double toleranceBillions,
      String why,
      long kvElementsPerToken,
      long kvBytesPerTokenF16) {
    LlmArchitecture model = LlmCatalogue.find(name);

    assertThat(model.layers()).isEqualTo(layers);
    assertThat(model.parameters()).isEqualTo(parameters);
    if (publishedBillions != null) {
      assertThat(model.parameters() / 1e9)
          .as("published; %s", why)
          .isCloseTo(publishedBillions, within(toleranceBillions));
    }
    assertThat(model.kvElementsPerToken()).isEqualTo(kvElementsPerToken);
    assertThat(KvFootprint.bytesPerToken(model, DataFormat.F16)).isEqualTo(kvBytesPerTokenF16);
  }

  @Test
  void everyPresetButTheTeachingModelIsChecked() throws IOException {
    try (InputStream facts = getClass().getResourceAsStream("model-facts.csv")) {
      List<String> checked =
          new String(facts.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .skip(1)
              .map(line -> line.substring(0, line.indexOf(',')))
              .toList();

      assertThat(LlmCatalogue.all())
          .extracting(LlmArchitecture::name)
          .filteredOn(name -> !checked.contains(name))
          .as("presets without a row in model-facts.csv")
          .containsExactly("tiny");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mixtral-8x7b, 12.9, 0.05",
    "deepseek-v2, 21, 0.5",
    "deepseek-v3, 37, 0.6",
    "qwen3-235b-a22b, 22, 0.5",
    "qwen3-30b-a3b, 3.3, 0.06",
    "kimi-k2, 32, 0.9",
    "qwen3.5-397b-a17b, 17, 0.5",
  })
  void activeParametersAreThePublishedOnes(String name, double billions, double tolerance) {
    assertThat(LlmCatalogue.find(name).activeParameters() / 1e9)
        .isCloseTo(billions, within(tolerance));
  }

  @Test
  void gptOssPublishesItsActiveParametersWithoutTheEmbedding() {
    LlmArchitecture model = LlmCatalogue.find("gpt-oss-120b");

    assertThat((model.activeParameters() - model.embeddingElements()) / 1e9)
        .isCloseTo(5.1, within(0.1));
  }

  @Test
  void everyPresetIsNamedAfterItsFileAndHasASource() {
    assertThat(LlmCatalogue.all())
        .isNotEmpty()
        .allSatisfy(
            model -> {
              assertThat(LlmCatalogue.find(model.name())).isSameAs(model);
              assertThat(model.source()).isNotBlank();
            });
  }

  @Test
  void aMissSuggestsNearNames() {
    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> LlmCatalogue.find("llama3.1-8b"))
        .withMessageContaining("unknown model 'llama3.1-8b'; did you mean 'llama-3.1-8b'");
  }

  @Test
  void aUsersFileIsReadByPath(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("own.yaml");
    Files.writeString(file, OWN);

    assertThat(LlmCatalogue.find(file.toString()).layers()).isEqualTo(2);
  }

  @Test
  void theExampleOfTheDocumentationIsSound() throws IOException {
    String guide = Files.readString(Path.of("..", "docs", "extending.md"));
    String section = guide.substring(guide.indexOf("## Adding a model"));
    String yaml = section.substring(section.indexOf("```yaml") + "```yaml".length());

    assertThat(
            LlmCatalogue.parse("my-hybrid.yaml", yaml.substring(0, yaml.indexOf("```"))).layers())
        .isEqualTo(48);
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> LlmCatalogue.find("nowhere/own.yaml"))
        .withMessage("cannot read model file nowhere/own.yaml");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kv_heads: 2|kv_heads: 3|own.yaml line 7: 'layers[0].attention.kv_heads': must divide"
            + " query_heads",
        "hidden: 64|hiden: 64|'hidden': missing; did you mean 'hiden'?",
        "hidden: 64|hidden: -64|line 4: 'hidden': must be a whole number from 1 to 262144",
        "kind: gqa|kind: mqla|must be one of gqa, mla, ",
        "tied_embeddings: true|tied_embeddings: maybe|must be true or false",
        "norm: rms|norm: batch|must be one of rms, layer, not 'batch'",
        "head_dim: 16|head_dim: 16, traits: [biased]|must be one of qkv_bias, output_bias",
        "kind: gated|kind: none|line 8: 'layers[0].feed_forward.inner_size': unknown key",
        "kind: gated|kind: experts, experts: 8, active: 9|'layers[0].feed_forward.active': must be"
            + " a whole number from 1 to 8",
        "source: me|source: ''|'source': must not be empty"
      })
  void damagedFilesAreRefusedNamingTheKey(String sound, String damaged, String message) {
    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> LlmCatalogue.parse("own.yaml", OWN.replace(sound, damaged)))
        .withMessageContaining(message);
  }
}
