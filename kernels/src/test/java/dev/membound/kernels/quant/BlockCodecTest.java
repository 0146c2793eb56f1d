package dev.membound.kernels.quant;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The corners of the formats that golden vectors do not reach. */
class BlockCodecTest {
  @ParameterizedTest
  @EnumSource
  void zerosStayZeros(QuantType type) {
    for (float weight : roundTrip(type, new float[type.blockElements()])) {
      assertThat(weight == 0).isTrue(); // of either sign: ggml's Q4_0 scale is −0
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = QuantType.class,
      names = {"Q8_0", "Q4_0"})
  void aSubnormalScaleIsTakenExactly(QuantType type) {
    float[] decoded = decodeWithScale(type, (short) 1);

    assertThat(decoded).contains(Math.scalb(2f, -24)).doesNotContain(Float.NaN);
  }

  @ParameterizedTest
  @EnumSource(
      value = QuantType.class,
      names = {"Q8_0", "Q4_0"})
  void anInfiniteOrNanScaleMakesTheBlockNonFinite(QuantType type) {
    for (float weight : decodeWithScale(type, (short) 0x7C00)) {
      assertThat(weight).isInfinite();
    }
    for (float weight : decodeWithScale(type, (short) 0x7E00)) {
      assertThat(weight).isNaN();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3F800000, 3F80",
    "3F808000, 3F80",
    "3F818000, 3F82",
    "3F808001, 3F81",
    "7F7FFFFF, 7F80",
    "7F800001, 7FC0",
    "FF800000, FF80",
    "80000001, 8000"
  })
  void bf16RoundsToNearestEvenAndKeepsNan(String float32, String bfloat16) {
    MemorySegment target = MemorySegment.ofArray(new byte[2]);
    float value = Float.intBitsToFloat(Integer.parseUnsignedInt(float32, 16));

    QuantType.BF16.codec().encode(new float[] {value}, 0, target, 0);

    assertThat(target.get(LittleEndian.SHORT, 0))
        .isEqualTo((short) Integer.parseUnsignedInt(bfloat16, 16));
  }

  @Test
  void q40KeepsTheExtremeWeightWithItsSign() {
    float[] weights = new float[32];
    weights[7] = -4;
    weights[20] = 3.5f;

    float[] decoded = roundTrip(QuantType.Q4_0, weights);

    assertThat(decoded[7]).isEqualTo(-4f);
    assertThat(decoded[20]).isEqualTo(3.5f);
  }

  @Test
  void q80KeepsBothExtremes() {
    float[] weights = new float[32];
    weights[0] = 127;
    weights[31] = -127;

    float[] decoded = roundTrip(QuantType.Q8_0, weights);

    assertThat(decoded[0]).isEqualTo(127f);
    assertThat(decoded[31]).isEqualTo(-127f);
  }

  /** A block whose codes all stand for 2. */
  private static float[] decodeWithScale(QuantType type, short scale) {
    MemorySegment block = MemorySegment.ofArray(new byte[type.blockBytes()]);
    block.fill((byte) (type == QuantType.Q4_0 ? 0xAA : 2));
    block.set(LittleEndian.SHORT, 0, scale);
    float[] decoded = new float[type.blockElements()];
    type.codec().decode(block, 0, decoded, 0);
    return decoded;
  }

  private static float[] roundTrip(QuantType type, float[] weights) {
    // At an odd offset: blocks in a file are aligned to nothing.
    MemorySegment target = MemorySegment.ofArray(new byte[type.blockBytes() + 2]);
    target.fill((byte) 0x5A);
    type.codec().encode(weights, 0, target, 1);
    assertThat(target.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 0x5A);
    assertThat(target.get(ValueLayout.JAVA_BYTE, type.blockBytes() + 1)).isEqualTo((byte) 0x5A);
    float[] decoded = new float[weights.length];
    type.codec().decode(target, 1, decoded, 0);
    return decoded;
  }
}
