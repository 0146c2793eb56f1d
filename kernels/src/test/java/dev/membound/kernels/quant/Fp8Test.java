package dev.membound.kernels.quant;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class Fp8Test {
  @ParameterizedTest
  @CsvSource({
    "E4M3, 0x00, 0",
    "E4M3, 0x01, 0.001953125",
    "E4M3, 0x07, 0.013671875",
    "E4M3, 0x08, 0.015625",
    "E4M3, 0x38, 1",
    "E4M3, 0x78, 256",
    "E4M3, 0x7E, 448",
    "E4M3, 0xFE, -448",
    "E4M3, 0x7F, NaN",
    "E5M2, 0x01, 0.0000152587890625",
    "E5M2, 0x3C, 1",
    "E5M2, 0x7B, 57344",
    "E5M2, 0x7C, Infinity",
    "E5M2, 0xFC, -Infinity",
    "E5M2, 0x7D, NaN"
  })
  void decodesTheCornersOfTheSpecification(Fp8 type, String bits, float value) {
    assertThat(type.toFloat(Integer.decode(bits))).isEqualTo(Float.valueOf(value));
  }

  @Test
  void e5m2IsTheUpperByteOfABinary16() {
    for (int bits = 0; bits < 256; bits++) {
      float half = Float.float16ToFloat((short) (bits << 8));
      assertThat(Fp8.E5M2.toFloat(bits)).isEqualTo(Float.valueOf(half));
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyFiniteNumberIsItsOwnNearest(Fp8 type) {
    for (int bits = 0; bits < 256; bits++) {
      float value = type.toFloat(bits);
      if (Float.isFinite(value)) {
        assertThat(type.fromFloat(value)).isEqualTo(bits);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "E4M3, 17, 16",
    "E4M3, 19, 20",
    "E4M3, 1e9, 448",
    "E4M3, -1e9, -448",
    "E4M3, 0.0009765625, 0",
    "E4M3, 0.00098, 0.001953125",
    "E5M2, 9, 8",
    "E5M2, 11, 12",
    "E5M2, Infinity, 57344"
  })
  void roundsToNearestEvenAndSaturates(Fp8 type, float value, float nearest) {
    assertThat(type.toFloat(type.fromFloat(value))).isEqualTo(nearest);
  }

  @ParameterizedTest
  @EnumSource
  void aNanStaysOne(Fp8 type) {
    assertThat(type.toFloat(type.fromFloat(Float.NaN))).isNaN();
  }
}
