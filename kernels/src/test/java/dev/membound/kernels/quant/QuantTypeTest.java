package dev.membound.kernels.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantTypeTest {
  @ParameterizedTest
  @CsvSource({
    "F32, 0, 32",
    "F16, 1, 16",
    "BF16, 30, 16",
    "Q8_0, 8, 8.5",
    "Q4_0, 2, 4.5",
    "Q4_1, 3, 5",
    "Q5_0, 6, 5.5",
    "Q5_1, 7, 6",
    "Q2_K, 10, 2.625",
    "Q3_K, 11, 3.4375",
    "Q4_K, 12, 4.5",
    "Q5_K, 13, 5.5",
    "Q6_K, 14, 6.5625",
    "IQ4_NL, 20, 4.5",
    "IQ4_XS, 23, 4.25",
    "TQ1_0, 34, 1.6875",
    "TQ2_0, 35, 2.0625",
    "MXFP4, 39, 4.25",
    "NVFP4, 40, 4.5"
  })
  void idsAndBitsPerWeightAreThoseOfGguf(QuantType type, int id, double bits) {
    assertThat(type.ggufId()).hasValue(id);
    assertThat(type.bitsPerWeight()).isEqualTo(bits);
    assertThat(QuantType.fromGgufId(id)).isSameAs(type);
  }

  @ParameterizedTest
  @CsvSource({"FP8_E4M3_B128, 8.25", "FP8_E5M2_B128, 8.25", "INT8_B128, 8.25", "INT4_G128, 4.1875"})
  void formatsOutsideGgufHaveNoId(QuantType type, double bits) {
    assertThat(type.ggufId()).isEmpty();
    assertThat(type.bitsPerWeight()).isEqualTo(bits);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 31, 33, 36, 38})
  void saysThatAnIdWasRemoved(int id) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantType.fromGgufId(id))
        .withMessageContainingAll("GGUF type " + id, "removed", "convert");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 99})
  void refusesAnUnknownId(int id) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantType.fromGgufId(id))
        .withMessage("GGUF type " + id + " is not supported");
  }

  @Test
  void rowBytesCountWholeBlocks() {
    assertThat(QuantType.Q4_0.rowBytes(4096)).isEqualTo(2304);
    assertThat(QuantType.Q8_0.rowBytes(64)).isEqualTo(68);
    assertThat(QuantType.F16.rowBytes(3)).isEqualTo(6);
    assertThat(QuantType.F32.rowBytes(Integer.MAX_VALUE)).isEqualTo(4L * Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(ints = {-32, 0, 31, 33})
  void refusesARowOfPartialBlocks(int cols) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantType.Q8_0.rowBytes(cols))
        .withMessageContainingAll("Q8_0", "multiple of 32", Integer.toString(cols));
  }
}
