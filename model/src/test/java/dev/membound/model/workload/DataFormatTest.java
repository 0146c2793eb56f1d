package dev.membound.model.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataFormatTest {

  @ParameterizedTest
  @CsvSource({
    "F32, 64, 256, 32",
    "F16, 64, 128, 16",
    "BF16, 64, 128, 16",
    "FP8, 64, 64, 8",
    "Q8_0, 64, 68, 8.5",
    "Q4_0, 64, 36, 4.5",
    "Q4_0, 33, 36, 4.5"
  })
  void bytesIncludeScalesAndWholeBlocks(DataFormat format, long elements, long bytes, double bits) {
    assertThat(format.bytes(elements)).isEqualTo(bytes);
    assertThat(format.bitsPerElement()).isEqualTo(bits);
  }

  @ParameterizedTest
  @CsvSource({"q4_0, Q4_0", "fp16, F16", "FP32, F32", "bf16, BF16", "fp8, FP8"})
  void namesAreTakenInAnyCase(String name, DataFormat format) {
    assertThat(DataFormat.of(name)).isEqualTo(format);
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DataFormat.of("q5"))
        .withMessageContaining("unknown data format 'q5'")
        .withMessageContaining("Q4_0");
  }
}
