package dev.membound.model.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.llm.LlmCatalogue;
import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;

/**
 * Whatever a file holds, reading it either succeeds or says in one line what is wrong. Runs over
 * the inputs kept beside it; set {@code JAZZER_FUZZ=1} to search for more.
 */
class CatalogueFuzzTest {

  @FuzzTest
  void readingAnyTextFailsInOneLineOrNotAtAll(byte[] file) {
    String text = new String(file, StandardCharsets.UTF_8);
    check(DeviceCatalogue::parse, text);
    check(LlmCatalogue::parse, text);
  }

  private static void check(BiFunction<String, String, ?> reader, String text) {
    try {
      assertThat(reader.apply("fuzz.yaml", text)).isNotNull();
    } catch (CatalogueException e) {
      if (e.getMessage().lines().count() != 1 || !e.getMessage().startsWith("fuzz.yaml")) {
        throw new AssertionError("unhelpful message: " + e.getMessage(), e);
      }
    }
  }
}
