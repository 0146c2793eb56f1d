package dev.membound.kernels.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantTypeTest {
  @ParameterizedTest
  @CsvSource({"F32, 0, 32", "F16, 1, 16", "BF16, 30, 16", "Q8_0, 8, 8.5", "Q4_0, 2, 4.5"})
  void idsAndBitsPerWeightAreThoseOfGguf(QuantType type, int id, double bits) {
    assertThat(type.ggufId()).isEqualTo(id);
    assertThat(type.bitsPerWeight()).isEqualTo(bits);
  }

  @ParameterizedTest
  @EnumSource
  void findsItselfByItsId(QuantType type) {
    assertThat(QuantType.fromGgufId(type.ggufId())).isSameAs(type);
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
