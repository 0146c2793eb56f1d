package dev.membound.model.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.membound.model.catalogue.CatalogueException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shape keys of published {@code config.json} files, beside the presets that they must equal. */
class HuggingFaceConfigTest {

  private static String config(String name) {
    try (InputStream file =
        HuggingFaceConfigTest.class.getResourceAsStream("configs/" + name + ".json")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama-3.1-8b",
        "mistral-7b-v0.1",
        "mixtral-8x7b",
        "qwen2.5-7b",
        "qwen3-8b",
        "qwen3-30b-a3b",
        "qwen3-next-80b-a3b",
        "gemma-2-9b",
        "gemma-3-12b",
        "deepseek-v2",
        "deepseek-v3",
        "deepseek-v3.2",
        "gpt-oss-20b",
        "opt-13b"
      })
  void aConfigurationGivesTheShapeOfItsPreset(String name) {
    LlmArchitecture preset = LlmCatalogue.find(name);
    LlmArchitecture read = LlmCatalogue.parseConfig(name + ".json", config(name));

    assertThat(read)
        .usingRecursiveComparison()
        .ignoringFields("title", "source", "groups")
        .isEqualTo(preset);
    assertThat(read.groups()).containsExactlyInAnyOrderElementsOf(preset.groups());
  }

  @Test
  void whatPublishedFilesOfGemma3LeaveOutComesFromTheirCode() {
    String published =
        """
        {"model_type": "gemma3",
         "text_config": {
           "hidden_size": 2560,
           "intermediate_size": 10240,
           "model_type": "gemma3_text",
           "num_hidden_layers": 34,
           "sliding_window": 1024}}
        """;

    LlmArchitecture read = LlmCatalogue.parseConfig("gemma-3-4b.json", published);
    LlmArchitecture preset = LlmCatalogue.find("gemma-3-4b");

    assertThat(read.groups()).containsExactlyInAnyOrderElementsOf(preset.groups());
    assertThat(read.tiedEmbeddings()).isTrue();
    assertThat(read.maxContextTokens()).isEqualTo(131_072);
    // 64 rows more than the tokenizer has.
    assertThat(read.vocabulary()).isEqualTo(262_208);
  }

  @Test
  void aHeadSizeThatIsLeftOutIsThatOfTheFamilysCode() {
    String gemma2 = config("gemma-2-9b");
    String without = gemma2.replaceFirst("\"head_dim\": 256,", "");

    assertThat(without).isNotEqualTo(gemma2);
    assertThat(LlmCatalogue.parseConfig("x.json", without).groups())
        .isEqualTo(LlmCatalogue.parseConfig("x.json", gemma2).groups());
  }

  @Test
  void anIndexerIsNeverDropped() {
    String sparse = config("deepseek-v3.2").replace("\"deepseek_v32\"", "\"deepseek_v3\"");

    assertThat(LlmCatalogue.parseConfig("x.json", sparse).groups())
        .containsExactlyInAnyOrderElementsOf(LlmCatalogue.find("deepseek-v3.2").groups());
  }

  @Test
  void errorsNameTheLineOfTheKeyAndOfTheObjectThatMissesOne() {
    String top =
        """
        {
          "model_type": "llama",
          "rope_scaling": {"hidden_size": 1},
          "hidden_size": "wide"
        }
        """;
    String nested =
        """
        {
          "model_type": "gemma3",
          "vision_config": {"hidden_size": 4},
          "text_config": {
            "num_hidden_layers": 2
          }
        }
        """;

    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> LlmCatalogue.parseConfig("c.json", top))
        .withMessageStartingWith("c.json line 4: 'hidden_size': ");
    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> LlmCatalogue.parseConfig("c.json", nested))
        .withMessageStartingWith("c.json line 4: 'text_config.");
  }

  @Test
  void mistralsWindowIsTaken() {
    LlmArchitecture read = LlmCatalogue.parseConfig("m.json", config("mistral-7b-v0.1"));

    assertThat(read.parameters()).isEqualTo(7_241_732_096L);
    assertThat(read.groups())
        .singleElement()
        .satisfies(g -> assertThat(g.attention().cachedTokens()).isEqualTo(4096));
  }

  @Test
  void qwensWindowIsThatOfTheLayersAfterTheFirstOnes() {
    String windows =
        config("qwen2.5-7b")
            .replace("\"use_sliding_window\": false", "\"use_sliding_window\": true")
            .replace("\"max_window_layers\": 28", "\"max_window_layers\": 21")
            .replace("\"sliding_window\": 131072", "\"sliding_window\": 4096");

    assertThat(LlmCatalogue.parseConfig("c.json", windows).groups())
        .extracting(LayerGroup::count, group -> group.attention().cachedTokens())
        .containsExactlyInAnyOrder(tuple(21, Attention.EVERYTHING), tuple(7, 4096L));
  }

  @Test
  void qwensExpertsStandInEveryLayerThatTheSparseStepDivides() {
    String everyThird =
        config("qwen3-30b-a3b")
            .replace("\"decoder_sparse_step\": 1", "\"decoder_sparse_step\": 3")
            .replace("\"num_hidden_layers\": 48", "\"num_hidden_layers\": 47");

    // Layers 3, 6, ... 45 counted from 1.
    assertThat(LlmCatalogue.parseConfig("c.json", everyThird).groups())
        .extracting(LayerGroup::count, group -> group.feedForward().getClass())
        .containsExactlyInAnyOrder(
            tuple(15, MixtureOfExperts.class), tuple(32, DenseFeedForward.class));
  }

  @Test
  void aFileIsReadByPathAndNamedAfterItsFolder(@TempDir Path folder) throws IOException {
    Path file = Files.createDirectory(folder.resolve("my-llama")).resolve("config.json");
    Files.writeString(file, config("llama-3.1-8b"));

    assertThat(LlmCatalogue.find(file.toString()).name()).isEqualTo("my-llama");
    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> LlmCatalogue.find(folder.resolve("none.json").toString()))
        .withMessageStartingWith("cannot read model file ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama-3.1-8b|\"llama\"|\"lama\"|'model_type': 'lama' is not known; known are llama,"
            + " mistral",
        "llama-3.1-8b|num_key_value_heads|num_key_value_head|'num_key_value_heads': missing; did"
            + " you mean 'num_key_value_head'",
        "llama-3.1-8b|\"num_key_value_heads\": 8|\"num_key_value_heads\": 7|'num_key_value_heads': must divide"
            + " num_attention_heads, got 32 and 7",
        "llama-3.1-8b|\"num_key_value_heads\": 8|\"num_key_value_heads\": null|'num_key_value_heads':"
            + " must not be null",
        "llama-3.1-8b|4096|-4096|'hidden_size': must be a whole number from 1 to 262144, not -4096",
        "llama-3.1-8b|4096|4096.5|'hidden_size': must be a whole number from 1 to 262144, not"
            + " 4096.5",
        "llama-3.1-8b|4096|\"4096\"|'hidden_size': must be a whole number",
        "llama-3.1-8b|\"tie_word_embeddings\": false|\"tie_word_embeddings\":"
            + " 0|'tie_word_embeddings': must be true or false, not 0",
        "llama-3.1-8b|32,|33,|'head_dim': missing, and hidden_size / num_attention_heads is no"
            + " whole number",
        "llama-3.1-8b|{|[{|: not valid JSON: ",
        "llama-3.1-8b|\"hidden_size\"|\"vocab_size\"|c.json line 8: not valid JSON: Duplicate",
        "gemma-3-12b|\"hidden_size\": 3840,||'text_config.hidden_size': missing",
        "gpt-oss-20b|\"num_experts_per_tok\": 4|\"num_experts_per_tok\": 33|'num_experts_per_tok': must be a"
            + " whole number from 1 to 32, not 33",
        "gpt-oss-20b|\"num_hidden_layers\": 24|\"num_hidden_layers\": 23|'layer_types': names 24"
            + " layers, the model has 23",
        "gpt-oss-20b|\"full_attention\"|\"half_attention\"|'layer_types': 'half_attention' is not"
            + " known",
        "deepseek-v3|\"moe_layer_freq\": 1|\"moe_layer_freq\": 2|'moe_layer_freq': must be 1",
        "qwen3-30b-a3b|\"mlp_only_layers\": []|\"mlp_only_layers\": [0]|'mlp_only_layers': must be"
            + " empty",
        "opt-13b|\"word_embed_proj_dim\": 5120|\"word_embed_proj_dim\": 512|'word_embed_proj_dim':"
            + " must be hidden_size"
      })
  void damagedFilesAreRefusedNamingFileAndKey(
      String name, String sound, String damaged, String message) {
    String json = config(name);
    assertThat(json).contains(sound);

    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(
            () ->
                LlmCatalogue.parseConfig(
                    "c.json", json.replace(sound, damaged == null ? "" : damaged)))
        .withMessageStartingWith("c.json")
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  /** Set {@code JAZZER_FUZZ=1} to search for more than the inputs kept beside it. */
  @FuzzTest
  void anyTextIsReadOrRefusedInOneLine(byte[] file) {
    try {
      LlmArchitecture read =
          LlmCatalogue.parseConfig("fuzz.json", new String(file, StandardCharsets.UTF_8));
      assertThat(read.parameters()).isPositive();
    } catch (CatalogueException e) {
      if (e.getMessage().lines().count() != 1 || !e.getMessage().startsWith("fuzz.json")) {
        throw new AssertionError("unhelpful message: " + e.getMessage(), e);
      }
    }
  }
}
