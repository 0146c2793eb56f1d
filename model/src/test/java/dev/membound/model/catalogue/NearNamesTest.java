package dev.membound.model.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearNamesTest {

  @ParameterizedTest
  @CsvSource({
    "llama3.1-8b, llama-3.1-8b",
    "Llama-3.1-8B, llama-3.1-8b",
    "lama-8b, llama-3.1-8b",
    "h100, h100-sxm",
    "cxl_pnm, cxl-pnm"
  })
  void nearNamesAreFound(String written, String meant) {
    assertThat(NearNames.isNear(written, meant)).isTrue();
  }

  @Test
  void nothingIsSuggestedForWhatIsFarFromEverything() {
    assertThat(NearNames.suggestion("tpu", List.of("h100-sxm", "cxl-pnm"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"kitten, sitting, 3", "same, SAME, 0", "'', abc, 3"})
  void distanceCountsEdits(String a, String b, int edits) {
    assertThat(NearNames.distance(a, b)).isEqualTo(edits);
  }
}
