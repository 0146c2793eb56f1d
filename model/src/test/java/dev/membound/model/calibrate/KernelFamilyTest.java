package dev.membound.model.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.run.Measurement;
import dev.membound.model.run.Residency;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelFamilyTest {
  @ParameterizedTest
  @CsvSource({
    "gemv, PACKED, 1, true",
    "gemv, PACKED, 4, false",
    "attention, PAGED, 1, true",
    "attention, CASCADE, 8, false",
    "attention, FLAT, 8, false"
  })
  void severalVectorsOrSequencesACallAreNotModelled(
      String kernel, String layout, int batch, boolean modelled) {
    assertThat(KernelFamily.isModelled(measured(kernel, layout, batch))).isEqualTo(modelled);
  }

  private static Measurement measured(String kernel, String layout, int batch) {
    return new Measurement(
        "id",
        kernel,
        "F16",
        layout,
        Map.of(),
        batch,
        1,
        Residency.DRAM,
        1,
        Map.of("kv", 1L),
        1,
        List.of(),
        null,
        null,
        null,
        null);
  }
}
