package dev.membound.model.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.membound.model.catalogue.CatalogueException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
      biases: false
      max_context_tokens: 512
      """;

  @ParameterizedTest
  @CsvSource({
    "llama-3.1-8b, 8030261248",
    "llama-3.1-70b, 70553706496",
    "opt-13b, 12853473280",
    "tiny, 16257536"
  })
  void parameterCountsAreExact(String name, long parameters) {
    assertThat(LlmCatalogue.find(name).parameters()).isEqualTo(parameters);
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
  void aMissingFileIsNamed() {
    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> LlmCatalogue.find("nowhere/own.yaml"))
        .withMessage("cannot read model file nowhere/own.yaml");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kv_heads: 2|kv_heads: 3|own.yaml line 7: 'layers[0].attention.kv_heads': must divide query_heads",
        "hidden: 64|hiden: 64|'hidden': missing; did you mean 'hiden'?",
        "hidden: 64|hidden: -64|line 4: 'hidden': must be a whole number from 1 to 1048576",
        "kind: gqa|kind: mqla|must be one of gqa, not 'mqla'",
        "biases: false|biases: maybe|must be true or false",
        "source: me|source: ''|'source': must not be empty"
      })
  void damagedFilesAreRefusedNamingTheKey(String sound, String damaged, String message) {
    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> LlmCatalogue.parse("own.yaml", OWN.replace(sound, damaged)))
        .withMessageContaining(message);
  }
}
