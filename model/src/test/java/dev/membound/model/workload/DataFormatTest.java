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
    "Q4_0, 33, 36, 4.5",
    "FP8_G128, 128, 132, 8.25",
    "FP8_G128_E8M0, 128, 129, 8.0625",
    "INT8, 64, 64, 8",
    "INT4_G128, 256, 133, 4.15625",
    "FP4, 64, 32, 4",
    "MXFP4, 64, 34, 4.25",
    "NVFP4, 64, 36, 4.5",
    "Q4_1, 32, 20, 5",
    "Q5_0, 32, 22, 5.5",
    "Q5_1, 32, 24, 6",
    "Q8_1, 32, 36, 9",
    "Q2_K, 256, 84, 2.625",
    "Q3_K, 256, 110, 3.4375",
    "Q4_K, 256, 144, 4.5",
    "Q5_K, 256, 176, 5.5",
    "Q6_K, 256, 210, 6.5625",
    "Q8_K, 256, 292, 9.125",
    "IQ4_NL, 32, 18, 4.5",
    "IQ4_XS, 256, 136, 4.25",
    "IQ1_S, 256, 50, 1.5625",
    "IQ1_M, 256, 56, 1.75",
    "IQ2_XXS, 256, 66, 2.0625",
    "IQ2_XS, 256, 74, 2.3125",
    "IQ2_S, 256, 82, 2.5625",
    "IQ3_XXS, 256, 98, 3.0625",
    "IQ3_S, 256, 110, 3.4375",
    "TQ1_0, 256, 54, 1.6875",
    "TQ2_0, 256, 66, 2.0625",
    "Q1_0, 128, 18, 1.125",
    "Q2_0, 64, 18, 2.25"
  })
  void bytesIncludeScalesAndWholeBlocks(DataFormat format, long elements, long bytes, double bits) {
    assertThat(format.bytes(elements)).isEqualTo(bytes);
    assertThat(format.bitsPerElement()).isEqualTo(bits);
  }

  @ParameterizedTest
  @CsvSource({
    "q4_0, Q4_0",
    "fp16, F16",
    "FP32, F32",
    "bf16, BF16",
    "fp8, FP8",
    "fp8-e4m3, FP8",
    "fp8_e5m2, FP8_E5M2",
    "int4, INT4_G128",
    "q4-k, Q4_K"
  })
  void namesAreTakenInAnyCase(String name, DataFormat format) {
    assertThat(DataFormat.of(name)).isEqualTo(format);
  }

  @Test
  void everyFormatIsUnpackedLikeItself() {
    assertThat(DataFormat.values())
        .allSatisfy(format -> assertThat(format.unpackedAlike()).contains(format));
    assertThat(DataFormat.Q4_0.unpackedAlike())
        .contains(DataFormat.Q6_K, DataFormat.MXFP4)
        .doesNotContain(DataFormat.F16, DataFormat.FP8, DataFormat.FP8_G128, DataFormat.INT8);
    assertThat(DataFormat.FP8.unpackedAlike()).contains(DataFormat.FP8_G128);
    assertThat(DataFormat.F16.unpackedAlike()).containsExactly(DataFormat.F16);
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DataFormat.of("q5"))
        .withMessageContaining("unknown data format 'q5'")
        .withMessageContaining("Q4_0");
  }
}
